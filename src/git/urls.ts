/**
 * A text with what signs in taken out of every URL in it: user and password, and what stands alone before the
 * host of an HTTP URL, which may be a token. The user of an SSH URL says nothing secret.
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"]*:[^\s/'"]*@/gi, '$1')
    .replace(/(https?:\/\/)[^\s/'"]*@/gi, '$1');
}
