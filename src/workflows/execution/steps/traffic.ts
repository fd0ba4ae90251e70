import { openRequests } from '../../../proxy/statistics.ts';
import { ALL, byWeight, OFF, type Split } from '../../../proxy/weight-map.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { everyStatistics } from '../observe.ts';
import { type Run, record } from '../run.ts';
import { applySplit, entryCounts } from '../traffic.ts';

const LOOK_EVERY_MS = 50;

export function setWeight(run: Run, step: StepAction & { kind: 'set-weight' }): Promise<void> {
  return setSplit(run, byWeight(step.weight));
}

export function sendEveryone(
  run: Run,
  step: StepAction & { kind: 'send-everyone' },
): Promise<void> {
  return setSplit(run, step.to === 'stable' ? OFF : ALL);
}

async function setSplit(run: Run, split: Split): Promise<void> {
  await applySplit(run.project, split);
  const counts = await entryCounts(run.project);
  await record(run, { type: 'weight-set', weight: split.weight, counts });
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
