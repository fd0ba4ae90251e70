import { errandName } from '../analysis/source-name.ts';
import type { Hook, HookPhase } from '../config/sections/outside.ts';
import { fillBody } from '../config/values/template.ts';
import { CanaryError } from '../errors.ts';
import { answerWords } from '../probes/answer-words.ts';
import { askConfigured, isGood } from '../probes/ask-configured.ts';
import { factsOf } from '../probes/release-facts.ts';
import { runConfigured } from '../probes/run-program.ts';
import type { ReleaseRun } from '../project/run.ts';
import { record } from '../project/run.ts';
import { ended } from '../sentences.ts';
import { tail } from '../system/process.ts';

/** What a hook gets to know besides the release itself. */
export interface HookFacts {
  /** The step begun last, from 1, and how many there are. */
  step?: number;
  steps?: number;
  /** Percent of users on the canary. */
  weight?: number;
  verdict?: string;
  reason?: string;
}

/** Whether a failed hook of a phase stops the command; after a promotion or a revert it comes too late. */
const STOPS: Record<HookPhase, boolean> = {
  preDeploy: true,
  postStep: true,
  prePromote: true,
  postPromote: false,
  onRevert: false,
};

/** How a hook failed, and its output. */
interface Failure {
  why: string;
  output?: string;
}

/**
 * Runs the hooks of a phase one after the other. A failed hook throws `hook-failed`, or is a warning if it comes
 * too late to stop anything: then nothing throws, not even an interrupt.
 */
export async function runHooks(
  run: ReleaseRun,
  phase: HookPhase,
  facts: HookFacts = {},
): Promise<void> {
  const { clock, emit } = run.context;
  // Even on the way out of an interrupt these hooks must run.
  const signal = run.signal.aborted && !STOPS[phase] ? undefined : run.signal;
  for (const [index, hook] of run.project.config.hooks[phase].entries()) {
    const name = errandName(hook);
    const began = clock.now().getTime();
    const failure = await perform(run, hook, { phase, ...facts }, signal).catch(
      (error: unknown): Failure => {
        if (STOPS[phase]) throw error;
        return { why: 'was interrupted' };
      },
    );
    const ms = clock.now().getTime() - began;
    await record(run, { type: 'hook-ran', phase, hook: name, ok: !failure, ms });
    if (!failure) continue;
    const text = ended(`The ${phase} hook ${name} ${failure.why}`);
    if (STOPS[phase]) throw hookFailed(text, `hooks.${phase}.${index}`, failure.output);
    emit({ type: 'warning', text });
  }
}

async function perform(
  run: ReleaseRun,
  hook: Hook,
  facts: HookFacts & { phase: HookPhase },
  signal: AbortSignal | undefined,
): Promise<Failure | undefined> {
  if ('run' in hook) {
    const end = await runConfigured(run, hook, signal, facts);
    const { output } = end;
    if ('problem' in end) return { why: end.problem, output };
    return end.exitCode === 0 ? undefined : { why: `ended with exit code ${end.exitCode}`, output };
  }
  const { post: url, timeout } = hook;
  const headers = { 'Content-Type': 'application/json', ...hook.headers };
  const known = { ...factsOf(run), ...facts };
  const body = hook.body === undefined ? JSON.stringify(known) : fillBody(hook.body, known);
  const asked = await askConfigured(run, { url, headers, timeout, method: 'POST', body }, signal);
  if ('problem' in asked) return { why: `failed: ${asked.problem}` };
  const { answer, hide } = asked;
  if (isGood(answer)) return undefined;
  return { why: `was answered with status ${answerWords(answer, hide)}`.replace(/\.$/, '') };
}

function hookFailed(message: string, setting: string, output = ''): CanaryError {
  return new CanaryError('hook-failed', message, {
    details: tail(output),
    hint: `It is \`${setting}\` in canary.yaml. Fix the error above, then run the command again.`,
  });
}
