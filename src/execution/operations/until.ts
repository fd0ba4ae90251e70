import { CanaryError } from '../../errors.ts';
import type { Run } from '../../project/run.ts';

const LOOK_EVERY_MS = 100;

/** Looks until something is so; throws `not-ready` with the problem when `startTimeout` is over. */
export async function until(
  run: Run,
  problem: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const { clock } = run.context;
  const deadline = clock.now().getTime() + run.project.config.startTimeout;
  while (!(await isDone())) {
    if (clock.now().getTime() > deadline) throw new CanaryError('not-ready', problem);
    await clock.sleep(LOOK_EVERY_MS, run.signal);
  }
}
