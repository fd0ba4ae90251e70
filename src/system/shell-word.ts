/** A word, quoted for a POSIX shell that other programs run: a hook's interpreter, the login shell behind ssh. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
