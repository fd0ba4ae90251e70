/** A word for a POSIX shell that others run for us: a hook's interpreter, the login shell at the end of ssh. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
