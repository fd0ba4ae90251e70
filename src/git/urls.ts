/** A text with the user and password of every URL in it taken out. */
export function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*:[^\s/'"]*@/gi, '$1');
}
