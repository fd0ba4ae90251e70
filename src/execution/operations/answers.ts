import { CanaryError } from '../../errors.ts';
import { askEntries, type EntryAnswers, unanswered } from '../../probes/entry-answers.ts';
import type { Run } from '../../project/run.ts';
import { isSoWithin } from '../../project/until.ts';

/** How long the proxy may need to find the containers: its checks are a second apart. */
const MOST_SILENCE_MS = 10_000;

/**
 * Users who were answered before must be answered now: a container that the proxy cannot reach, or that rejects what
 * comes through a proxy, is healthy all the same. Throws `take-over-failed`.
 */
export async function requireAnswers(run: Run, before: EntryAnswers): Promise<void> {
  const missing = await stillUnanswered(run, before, MOST_SILENCE_MS);
  if (missing.length === 0) return;
  throw new CanaryError(
    'take-over-failed',
    `Behind the proxy nobody was answered at ${missing.join(' and ')}, so the service has its port back.`,
    {
      hint: 'Does the service answer requests that have `X-Forwarded-For`? Is its port in canary.yaml right?',
    },
  );
}

/** Where users were answered before and are not within this time. */
export async function stillUnanswered(
  run: Run,
  before: EntryAnswers,
  ms: number,
): Promise<string[]> {
  let missing: string[] = [];
  await isSoWithin(run, ms, async () => {
    missing = unanswered(before, await askEntries(run));
    return missing.length === 0;
  });
  return missing;
}
