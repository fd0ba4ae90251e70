const DEPTH = 3;

/**
 * The route of a request, without identifying anyone or anything: the first parts of the path, with
 * each part replaced that looks like an id or an individual name. Groups stay few, and no token in
 * a path is kept.
 */
export function routeGroup(method: string, path: string): string {
  const parts = path.split('?', 1)[0]?.split('/').filter(Boolean) ?? [];
  const kept = parts.slice(0, DEPTH).map((part) => (isWord(part) ? part : '*'));
  return `${method} /${kept.join('/')}${parts.length > DEPTH ? '/…' : ''}`;
}

/**
 * Whether a part is a fixed word of the address: short, and without digits except a version such as
 * `v2`.
 */
function isWord(part: string): boolean {
  return /^v\d{1,2}$/.test(part) || /^[A-Za-z][A-Za-z._-]{0,23}$/.test(part);
}
