import { openRequests } from '../../../proxy/statistics.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { everyStatistics } from '../observe.ts';
import { type Run, record } from '../run.ts';
import { applyWeight, entryCounts } from '../traffic.ts';

const LOOK_EVERY_MS = 50;

export async function setWeight(
  run: Run,
  step: StepAction & { kind: 'set-weight' },
): Promise<void> {
  await applyWeight(run.project, step.weight);
  await record(run, {
    type: 'weight-set',
    weight: step.weight,
    counts: await entryCounts(run.project),
  });
}

/** Waits until a side answers no request any more, at most the configured time. */
export async function drain(run: Run, step: StepAction & { kind: 'drain' }): Promise<void> {
  const { clock, emit } = run.context;
  const deadline = clock.now().getTime() + run.project.config.drain;
  for (;;) {
    const workers = await everyStatistics(run.project);
    const open = workers
      .flatMap((statistics) => step.services.flatMap((name) => statistics[name] ?? []))
      .reduce((sum, each) => sum + openRequests(each, step.side), 0);
    if (open === 0) return;
    if (clock.now().getTime() > deadline) {
      emit({
        type: 'warning',
        text: `${open} requests on the ${step.side} are still open after the drain time.`,
      });
      return;
    }
    await clock.sleep(LOOK_EVERY_MS, run.signal);
  }
}
