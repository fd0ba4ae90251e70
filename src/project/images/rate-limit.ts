import { parseReference } from '../../compose/images/reference.ts';
import type { Context } from '../../context.ts';
import type { HttpAnswer } from '../../system/http.ts';
import { askAsAnybody } from './registry-http.ts';

/** Numbers from here on are seconds since 1970, not seconds from now. */
const EPOCH = 1e9;
/** A registry that names a later time means something else. */
const LONGEST_MS = 31 * 24 * 60 * 60 * 1000;

/**
 * Until when a registry gives out no more of an image, a sentence. Docker Engine does not say it, so the registry is asked once more,
 * as anybody: nothing if it does not say it either, or limits only those who have signed in.
 */
export async function limitEnd(
  context: Pick<Context, 'http' | 'signal' | 'clock'>,
  reference: string,
): Promise<string | undefined> {
  const { tag = 'latest', digest } = parseReference(reference) ?? {};
  const part = `manifests/${digest ?? tag}`;
  const answer = await askAsAnybody(context, reference, { part, method: 'HEAD' });
  if (answer?.status !== 429) return undefined;
  const now = context.clock.machineTime().getTime();
  const end = endIn(answer, now);
  if (end === undefined || end <= now || end > now + LONGEST_MS) return undefined;
  return `The registry says that the limit lasts until ${utc(end)}.`;
}

/** When the limit ends, in milliseconds. Source: RFC 9110, "Retry-After"; Docker Hub and GitHub, `x-ratelimit-reset`. */
function endIn({ headers }: HttpAnswer, now: number): number | undefined {
  const said = ['retry-after', 'x-ratelimit-reset', 'x-retry-after', 'ratelimit-reset']
    .map((name) => headers[name])
    .find((value) => typeof value === 'string');
  if (typeof said !== 'string') return undefined;
  if (/^\d{1,12}$/.test(said)) {
    const seconds = Number(said);
    return seconds >= EPOCH ? seconds * 1000 : now + seconds * 1000;
  }
  const date = Date.parse(said);
  return Number.isNaN(date) ? undefined : date;
}

/** Rounded up to the next minute. */
function utc(time: number): string {
  const minute = new Date(Math.ceil(time / 60_000) * 60_000);
  return `${minute.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
