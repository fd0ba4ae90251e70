const DEPTH = 3;

/**
 * What a request asks for without whom or which: the path's first parts, with everything that looks like an id or a
 * name of one thing replaced. Groups stay few, and no token of a path is kept.
 */
export function routeGroup(method: string, path: string): string {
  const parts = path.split('?', 1)[0]?.split('/').filter(Boolean) ?? [];
  const kept = parts.slice(0, DEPTH).map((part) => (isWord(part) ? part : '*'));
  return `${method} /${kept.join('/')}${parts.length > DEPTH ? '/…' : ''}`;
}

/** A word of the address's own language: short, without digits but for a version such as `v2`. */
function isWord(part: string): boolean {
  return /^v\d{1,2}$/.test(part) || /^[A-Za-z][A-Za-z._-]{0,23}$/.test(part);
}
