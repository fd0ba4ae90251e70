/**
 * Removes credentials from every URL in a text: user and password, and a single part before the
 * host of an HTTP URL, which may be a token. The user of an SSH URL is not secret.
 */
export function withoutPasswords(text: string): string {
  // In one pass: what a remote prints may be long.
  return text.replace(/[^\s'"]+/g, (word) => {
    const [first = '', ...parts] = word.split('://');
    let before = first;
    return parts.reduce((shown, part) => {
      const kept = withoutCredentials(before, part);
      before = part;
      return `${shown}://${kept}`;
    }, first);
  });
}

/** What follows the `://` of a URL, without its credentials. */
function withoutCredentials(scheme: string, rest: string): string {
  const [authority = ''] = rest.split('/', 1);
  const at = authority.lastIndexOf('@');
  const isSecret = /https?$/i.test(scheme) || authority.slice(0, at).includes(':');
  return at >= 0 && isSecret && /[a-z0-9+.-]$/i.test(scheme) ? rest.slice(at + 1) : rest;
}
