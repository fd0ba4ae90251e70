import { CanaryError } from '../errors.ts';
import type { Run } from './run.ts';

const LOOK_EVERY_MS = 100;

/** Looks repeatedly until something is so; `false` when the time is over first. */
export async function isSoWithin(
  { context: { clock }, signal }: Pick<Run, 'context' | 'signal'>,
  ms: number,
  isSo: () => Promise<boolean>,
  everyMs = LOOK_EVERY_MS,
): Promise<boolean> {
  const deadline = clock.now().getTime() + ms;
  while (!(await isSo())) {
    if (clock.now().getTime() > deadline) return false;
    await clock.sleep(everyMs, signal);
  }
  return true;
}

/** Within `startTimeout` of canary.yaml. */
export function isSoInTime(
  run: Run,
  isSo: () => Promise<boolean>,
  everyMs?: number,
): Promise<boolean> {
  return isSoWithin(run, run.project.config.startTimeout, isSo, everyMs);
}

/** The same; throws `not-ready` with the problem when the time is over. */
export async function until(
  run: Run,
  problem: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  if (!(await isSoInTime(run, isSo))) throw new CanaryError('not-ready', problem);
}
