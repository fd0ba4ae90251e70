import { CanaryError } from '../errors.ts';
import type { Run } from './run.ts';

const LOOK_EVERY_MS = 100;

/** Looks again and again until something is so; `false` when `startTimeout` of canary.yaml is over first. */
export async function isSoInTime(
  { context: { clock }, project, signal }: Run,
  isSo: () => Promise<boolean>,
  everyMs = LOOK_EVERY_MS,
): Promise<boolean> {
  const deadline = clock.now().getTime() + project.config.startTimeout;
  while (!(await isSo())) {
    if (clock.now().getTime() > deadline) return false;
    await clock.sleep(everyMs, signal);
  }
  return true;
}

/** The same; throws `not-ready` with the problem when the time is over. */
export async function until(
  run: Run,
  problem: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  if (!(await isSoInTime(run, isSo))) throw new CanaryError('not-ready', problem);
}
