import { currentStatistics, observe } from '../../execution/observe.ts';
import { entryServices } from '../../project/load.ts';
import { type ReleaseRun, record, releaseNow } from '../../project/run.ts';
import { responseTimes, totalCounts } from '../../proxy/counts.ts';
import { type AbComparison, compareAbSides } from '../../rollout/ab-comparison.ts';
import { containersOf } from '../../rollout/observed.ts';

/** Records the result of an A/B test, once; nothing for other releases, or if the proxy has no counts any more. */
export async function recordAbComparison(run: ReleaseRun): Promise<AbComparison | undefined> {
  const { progress, comparison } = await releaseNow(run);
  if (progress?.strategy !== 'ab' || progress.index < 0 || comparison) return comparison;
  const services = await currentStatistics(run.project);
  if (Object.keys(services).length === 0) return undefined;
  const names = entryServices(run.project);
  // A recreated or restarted container counts from 0.
  const started = containersOf(await observe(run), 'proxy').map((each) =>
    Date.parse(each.startedAt),
  );
  const begun = Date.parse(progress.begunAt);
  const made = compareAbSides({
    from: new Date(Math.max(begun, ...started.filter(Number.isFinite))),
    to: run.context.clock.now(),
    earlier: progress.counts,
    now: totalCounts(services, names),
    times: responseTimes(services, names),
  });
  await record(run, { type: 'comparison-made', comparison: made });
  return made;
}
