import { parseReference } from '../../compose/images/reference.ts';
import type { Context } from '../../context.ts';
import type { HttpAnswer } from '../../system/http.ts';

/** A hint is not worth a longer wait. */
const PATIENCE_MS = 3000;
const MOST_BYTES = 2 ** 20;

/** What a name has for Docker Hub where others have a host. */
const HUB = 'docker.io';
const HUB_NAMES = new Set([HUB, 'index.docker.io', 'registry-1.docker.io']);

/** Where an image is: names without a host are Docker Hub's, `docker.io`. `undefined` if it is no name of an image. */
export function placeOf(reference: string): { host: string; path: string } | undefined {
  const { repository } = parseReference(reference) ?? {};
  if (repository === undefined) return undefined;
  const [first = '', ...rest] = repository.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasHost ? rest.join('/') : repository;
  const host = hasHost && !HUB_NAMES.has(first) ? first : HUB;
  return { host, path: host === HUB && !path.includes('/') ? `library/${path}` : path };
}

/**
 * What a registry answers anybody who asks for a part of an image's repository, such as `tags/list`: canary has no credentials. Nothing
 * if it does not answer. Source: OCI distribution specification; Docker's token authentication.
 */
export async function askAsAnybody(
  { http, signal }: Pick<Context, 'http' | 'signal'>,
  reference: string,
  { part, method = 'GET' }: { part: string; method?: 'GET' | 'HEAD' },
): Promise<HttpAnswer | undefined> {
  const place = placeOf(reference);
  if (place === undefined) return undefined;
  const host = place.host === HUB ? 'registry-1.docker.io' : place.host;
  // Of its own addresses a machine asks without TLS.
  const scheme = /^(localhost|127\.[\d.]+)(:\d+)?$/.test(host) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${place.path}/${part}`;
  const ask = (request: { url: string; method?: string; headers?: Record<string, string> }) =>
    http({ ...request, timeout: PATIENCE_MS, limit: MOST_BYTES }, signal);
  try {
    const answer = await ask({ url, method });
    const tokens = answer.status === 401 ? tokenUrl(answer) : undefined;
    if (tokens === undefined) return answer;
    const { token } = JSON.parse((await ask({ url: tokens })).body.toString());
    if (typeof token !== 'string' || !/^[\w.~+/=-]+$/.test(token)) return undefined;
    return await ask({ url, method, headers: { authorization: `Bearer ${token}` } });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Where a registry gives tokens to anybody, from its answer to somebody without one. */
function tokenUrl({ headers }: HttpAnswer): string | undefined {
  const told = String(headers['www-authenticate'] ?? '').slice(0, 2000);
  if (!/^bearer /i.test(told)) return undefined;
  const values = new Map(
    [...told.matchAll(/(\w{1,20})="([^"]{0,500})"/g)].map((each) => [each[1], each[2]]),
  );
  const realm = values.get('realm') ?? '';
  if (!realm.startsWith('https://')) return undefined;
  const url = new URL(realm);
  for (const key of ['service', 'scope']) url.searchParams.set(key, values.get(key) ?? '');
  return url.href;
}
