import { isTag, parseReference } from '../../compose/images/reference.ts';
import type { Context } from '../../context.ts';
import type { HttpAnswer } from '../../system/http.ts';

/** A hint is not worth a longer wait. */
const PATIENCE_MS = 3000;
const MOST_BYTES = 2 ** 20;

/**
 * The tags of an image's repository, as its registry lists them to anybody; none if it does not. canary has no credentials, so
 * it asks without. Source: OCI distribution specification, "Listing Tags"; Docker's token authentication.
 */
export async function listedTags(
  { http, signal }: Pick<Context, 'http' | 'signal'>,
  reference: string,
): Promise<string[]> {
  const url = listOf(reference);
  if (url === undefined) return [];
  const ask = (address: string, headers = {}) =>
    http({ url: address, headers, timeout: PATIENCE_MS, limit: MOST_BYTES }, signal);
  try {
    const answer = await ask(url);
    const tokens = answer.status === 401 ? tokenUrl(answer) : undefined;
    if (tokens === undefined) return tagsIn(answer);
    const { token } = JSON.parse((await ask(tokens)).body.toString());
    if (typeof token !== 'string' || !/^[\w.~+/=-]+$/.test(token)) return [];
    return tagsIn(await ask(url, { authorization: `Bearer ${token}` }));
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

/** Where the list is: names without a host are Docker Hub's, and of its own addresses a machine asks without TLS. */
function listOf(reference: string): string | undefined {
  const { repository } = parseReference(reference) ?? {};
  if (repository === undefined) return undefined;
  const [first = '', ...rest] = repository.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : 'registry-1.docker.io';
  const path = hasHost ? rest.join('/') : rest.length > 0 ? repository : `library/${repository}`;
  const scheme = /^(localhost|127\.[\d.]+)(:\d+)?$/.test(host) ? 'http' : 'https';
  return `${scheme}://${host}/v2/${path}/tags/list?n=1000`;
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

function tagsIn({ status, body, isCut }: HttpAnswer): string[] {
  if (status !== 200 || isCut) return [];
  const { tags }: { tags?: unknown } = JSON.parse(body.toString());
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string' && isTag(tag)) : [];
}
