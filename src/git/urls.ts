/**
 * Removes credentials from every URL in a text: user and password, and a single part before the
 * host of an HTTP URL, which may be a token. The user of an SSH URL is not secret.
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"]*:[^\s/'"]*@/gi, '$1')
    .replace(/(https?:\/\/)[^\s/'"]*@/gi, '$1');
}
