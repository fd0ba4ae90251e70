import { CanaryError } from '../../errors.ts';
import { askEntries, type EntryAnswers, unanswered } from '../../probes/entry-answers.ts';
import type { Run } from '../../project/run.ts';
import { isSoWithin } from '../../project/until.ts';
import type { ObservedContainer } from '../../rollout/observed.ts';
import { acceptsConnections } from '../../system/ports.ts';

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

/**
 * Without the answers that only the proxy gives: it answers by IPv4 and by IPv6, while a container that has both may
 * listen to one of them.
 */
export async function answeredWithoutProxy(
  run: Pick<Run, 'project'>,
  stable: readonly ObservedContainer[],
  answers: EntryAnswers,
): Promise<EntryAnswers> {
  const silent = await Promise.all(
    run.project.slice.map(async ({ service, entry, port }) => {
      if (!entry || port === undefined) return [];
      const addresses = stable
        .filter((each) => each.service === service)
        .flatMap((each) => each.addresses);
      const families = await silentFamilies(addresses, port);
      return Object.keys(answers).filter(
        (at) => at.endsWith(`:${entry.port}`) && families.includes(familyOf(at)),
      );
    }),
  );
  const without = new Set(silent.flat());
  return Object.fromEntries(Object.entries(answers).filter(([at]) => !without.has(at)));
}

/** The families of addresses at which nothing listens while something does at the other. */
async function silentFamilies(addresses: readonly string[], port: number): Promise<Family[]> {
  const asked = await Promise.all(
    addresses.map(async (address) => ({
      family: familyOf(address),
      accepts: await acceptsConnections(address, port),
    })),
  );
  const heard = new Set(asked.filter(({ accepts }) => accepts).map(({ family }) => family));
  // An engine on another machine: nothing is known.
  if (heard.size === 0) return [];
  return asked.map(({ family }) => family).filter((family) => !heard.has(family));
}

type Family = 'IPv4' | 'IPv6';

/** Of an address, or of a place such as `[::1]:80`. */
function familyOf(address: string): Family {
  return /^\[|:.*:/.test(address) ? 'IPv6' : 'IPv4';
}
