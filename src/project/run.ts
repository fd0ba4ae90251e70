import type { Context } from '../context.ts';
import type { Agreement } from '../database/allow.ts';
import { CanaryError, hasCode, messageOf } from '../errors.ts';
import type { ReleaseEvent } from '../rollout/events.ts';
import { foldRelease, type Release, type ReleaseIdentity } from '../rollout/release.ts';
import type { CallOptions } from '../system/docker/compose.ts';
import { isDiskProblem } from '../system/files.ts';
import type { Checkout } from './checkout/checkout.ts';
import type { Project } from './load.ts';

/** A command at work on a project, and on a release if there is one. */
export interface Run {
  context: Context;
  project: Project;
  /** Aborts on an interrupt, and when another command takes over. */
  signal: AbortSignal;
  /** Its journal gets the facts. `releaseNow` returns its state, so that no copy goes stale. */
  release?: ReleaseIdentity | undefined;
  /** The commit that is released; absent if only containers are moved. */
  checkout?: Checkout | undefined;
  /** For a command that takes users off: what could not be written, told once each. It goes on nevertheless. */
  wayOut?: Set<string> | undefined;
  /** Whether the user agreed that a promotion writes to the file from which plain Compose takes images. */
  isSure?: boolean | undefined;
  /** What the user allowed in the rehearsal; settled by the rehearsal itself when left out. */
  agreement?: Agreement | undefined;
}

/** A release in progress, and the command that moves it. */
export type ReleaseRun = Run & { release: ReleaseIdentity };

/** Appends a fact to the release's journal, when there is a release, and shows it. */
export async function record(run: Run, event: ReleaseEvent): Promise<void> {
  const { release } = run;
  const { journals } = run.project;
  if (release)
    await ifWritable(run, `the journal of release ${release.id}`, () =>
      journals.append(release.id, event),
    );
  run.context.emit(event);
}

/** Writes something; on a way out, a disk on which nothing can be written is only a warning. */
export async function ifWritable(
  { context, wayOut }: Pick<Run, 'context' | 'wayOut'>,
  what: string,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    const cannot = isDiskProblem(error) || hasCode(error, 'disk-full');
    if (!wayOut || !cannot) throw error;
    if (wayOut.has(what)) return;
    wayOut.add(what);
    context.emit({ type: 'warning', text: `Could not write ${what}: ${messageOf(error)}` });
  }
}

/**
 * The release as its journal describes it now, without records that are damaged: a command that may not go on without
 * them has checked that when it began.
 */
export async function releaseNow({ project, release }: ReleaseRun): Promise<Release> {
  const now = foldRelease((await project.journals.readUndamaged(release.id)).records);
  if (now) return now;
  throw new CanaryError(
    'journal-unreadable',
    `The journal of release ${release.id} contains no release.`,
  );
}

/** Whether a run has a release. */
export function hasRelease(run: Run): run is ReleaseRun {
  return run.release !== undefined;
}

/** The same run without its signal: a way out is completed even if a signal stopped what came before. */
export function unstoppable<R extends Run>(run: R): R {
  return { ...run, signal: new AbortController().signal, wayOut: run.wayOut ?? new Set() };
}

/** How calls of Compose are stopped and shown. */
export function callOptions(run: Run): CallOptions {
  return { signal: run.signal, onLine: (line) => run.context.emit({ type: 'output', line }) };
}

/** The same for a build. */
export function buildOptions(run: Run): CallOptions & { log: string } {
  return { ...callOptions(run), log: run.project.layout.buildLog };
}
