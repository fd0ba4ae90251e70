import type { Sample } from './samples.ts';

/** Headers that usually name a user or an API client. */
const HEADERS = ['x-user-id', 'x-api-key', 'x-auth-token', 'x-client-id', 'x-device-id'];
/** Cookies of sessions, in the words of the common frameworks. */
const SESSION = /(^|[._-])(sess(ion)?|sid|user_?id|auth(_?token)?)$|sess(ion)?id$/i;
/** Names that canary.yaml accepts. */
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;
/** A place that fewer requests have says who few users are. */
const LEAST_SHARE = 0.3;

/**
 * Where requests may say who their user is, in the words of `identity` in canary.yaml, the most
 * frequent first. Only names are returned, no values.
 */
export function likelyIdentity(samples: readonly Sample[]): string[] {
  const counts = new Map<string, number>();
  for (const place of samples.flatMap((sample) => [...new Set(placesOf(sample))]))
    counts.set(place, (counts.get(place) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= samples.length * LEAST_SHARE)
    .sort(([, left], [, right]) => right - left)
    .map(([place]) => place);
}

function placesOf({ headers }: Sample): string[] {
  const cookies = (headers.cookie ?? '').split(';').map((each) => each.split('=')[0]?.trim() ?? '');
  return [
    ...HEADERS.filter((name) => headers[name]).map((name) => `header:${name}`),
    // A JSON Web Token; `sub` is its user.
    ...(/^bearer ey/i.test(headers.authorization ?? '') ? ['jwt:sub'] : []),
    ...cookies
      .filter((name) => NAME.test(name) && SESSION.test(name))
      .map((name) => `cookie:${name}`),
  ];
}
