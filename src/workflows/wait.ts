import type { Context } from '../context.ts';
import type { WaitResult } from '../documents/traffic.ts';
import { CanaryError, EXIT, hasCode } from '../errors.ts';
import { peek } from '../execution/observe.ts';
import { findState, type ProjectState } from '../project/load.ts';
import { newestRelease } from '../release/records/releases.ts';
import type { ReleaseState } from '../rollout/events.ts';
import { waitsForPerson, weightStep } from '../rollout/progress.ts';
import {
  hasEnded,
  IN_PROGRESS,
  isWaiting,
  type Release,
  settledState,
} from '../rollout/release.ts';
import { resume } from './resume.ts';

export interface WaitOptions {
  /** Any of these ends the wait; without any, a state that no command changes any more. */
  states: readonly ReleaseState[];
  /** In milliseconds; no limit when left out. */
  timeout: number | undefined;
}

const LOOK_EVERY_MS = 500;

/**
 * Waits until the newest release is in a state. If a detached `deploy` left its steps, this continues them.
 * Throws when the release settles in a state that was not asked for.
 */
export async function wait(
  context: Context,
  { states, timeout }: WaitOptions,
): Promise<WaitResult> {
  const patience = patienceOf(context, timeout);
  try {
    return await waitPatiently(context, states, patience.signal);
  } finally {
    patience.end();
  }
}

async function waitPatiently(
  context: Context,
  states: readonly ReleaseState[],
  patience: AbortSignal,
): Promise<WaitResult> {
  const project = await findState(context);
  const { clock, signal } = context;
  for (;;) {
    signal.throwIfAborted();
    const release = await newestRelease(project);
    if (!release) {
      throw new CanaryError('no-canary', 'There is no release to wait for.', {
        hint: 'Start one with `canary deploy --branch BRANCH`.',
      });
    }
    const isDriven = (await project.lock.holder()) !== undefined;
    const { state, reason } = settledState(release, isDriven, clock.now());
    if (states.includes(state)) return resultOf(release, state, reason);
    if (patience.aborted) throw tooLong(release, state);
    if (!isDriven && (await isLeft(context, project, release))) {
      await takeUp(context, patience);
    } else {
      if (states.length === 0 && !IN_PROGRESS.includes(state)) {
        const { isOut } = await peek(context, project);
        return { ...resultOf(release, state, reason), isOut: isOut && !hasEnded({ state }) };
      }
      if (!isDriven && !IN_PROGRESS.includes(state)) throw settledElsewhere(release, state, states);
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }
}

/** Continues the steps; if another command was quicker, or the patience ends, the users stay where they are. */
async function takeUp(context: Context, patience: AbortSignal): Promise<void> {
  await resume(context, patience).catch((error: unknown) => {
    if (!hasCode(error, 'lock-held') && !hasCode(error, 'taken-over')) throw error;
  });
}

function patienceOf({ clock, signal }: Context, timeout: number | undefined) {
  const over = new AbortController();
  const ends = new AbortController();
  if (timeout !== undefined) {
    const isOver = new CanaryError('taken-over', 'The command that was waiting has ended.');
    void clock.sleep(timeout, AbortSignal.any([signal, ends.signal])).then(
      () => over.abort(isOver),
      () => undefined,
    );
  }
  return { signal: over.signal, end: () => ends.abort() };
}

function tooLong({ id }: Release, state: ReleaseState): CanaryError {
  return new CanaryError('wait-timeout', `Release ${id} is still ${state}.`, {
    hint: '`canary status` says where it stands.',
  });
}

/**
 * Whether steps were begun, the canary has its users, and no command continues them; or it was found bad, and the
 * command that found it was killed before it had taken it back.
 */
async function isLeft(
  context: Context,
  project: ProjectState,
  { progress, state, pausedWeight, verdict }: Release,
): Promise<boolean> {
  if (hasEnded({ state })) return false;
  if (verdict?.result === 'fail') return true;
  if (!progress || pausedWeight !== undefined || !(isWaiting(state) || state === 'advancing'))
    return false;
  if (progress.index < 0 || waitsForPerson(progress)) return false;
  const { weight, isOut } = await peek(context, project);
  return !isOut && weight === (weightStep(progress, progress.index)?.weight ?? 0);
}

function resultOf({ id, verdict }: Release, state: ReleaseState, reason: string): WaitResult {
  return { release: id, state, reason, verdict: verdict ?? null };
}

function settledElsewhere(
  { id, verdict, reason }: Release,
  state: ReleaseState,
  wanted: readonly ReleaseState[],
): CanaryError {
  const isBad = wasTakenBack(state) && verdict?.result === 'fail';
  const code = isBad ? 'judged-bad' : state === 'inconclusive' ? 'not-measured' : 'wait-ended';
  return new CanaryError(code, `Release ${id} is ${state}, not ${wanted.join(' or ')}: ${reason}`, {
    hint: '`canary status` says where it stands.',
  });
}

/** The exit code of the command. `isAsked`: a state was asked for. */
export function exitOfWait({ state, verdict, isOut }: WaitResult, isAsked: boolean): number {
  if (isOut) return EXIT.inconclusive;
  if (isAsked || isWaiting(state) || state === 'promoted') return EXIT.done;
  if (state === 'inconclusive') return EXIT.inconclusive;
  return wasTakenBack(state) && verdict?.result === 'fail' ? EXIT.judgedBad : EXIT.failed;
}

function wasTakenBack(state: ReleaseState): boolean {
  return state !== 'promoted' && hasEnded({ state });
}
