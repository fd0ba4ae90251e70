import { combine, type Verdict } from '../analysis/combine.ts';
import type { Opinion } from '../analysis/opinion.ts';
import type { ReleaseRun } from '../project/run.ts';
import { startChecks } from './checks.ts';
import { startMetrics } from './metrics.ts';
import { startShape } from './shape.ts';
import type { Source, StartSource } from './source.ts';
import { startRequests } from './user-requests.ts';

/** All sources that look at a canary while it has users. */
export interface Analysis {
  /** Their current verdict on moving to a weight. */
  verdict(nextWeight: number, minimumRequests: number): Verdict;
}

const SOURCES: readonly StartSource[] = [startRequests, startShape, startChecks, startMetrics];

/** A canary that nothing looks at never passes. */
const NOBODY_LOOKS: Opinion = {
  source: 'analysis',
  result: 'wait',
  text: 'Nothing in canary.yaml looks at the canary.',
};

/**
 * Does `work` while all sources that canary.yaml configures look at the canary; they have ended when this returns.
 * `work` gets `undefined` if canary.yaml has no analysis.
 */
export async function analysing<T>(
  run: ReleaseRun,
  work: (analysis: Analysis | undefined) => Promise<T>,
): Promise<T> {
  const settings = run.project.config.analysis;
  if (!settings) return work(undefined);
  const sources: Source[] = [];
  try {
    for (const start of SOURCES) sources.push(await start(run, settings));
    const verdict: Analysis['verdict'] = (nextWeight, minimumRequests) => {
      const opinions = sources.flatMap((each) => each.opinions(nextWeight, minimumRequests));
      return combine(opinions.length > 0 ? opinions : [NOBODY_LOOKS]);
    };
    return await work({ verdict });
  } finally {
    await Promise.all(sources.map((each) => each.stop()));
  }
}
