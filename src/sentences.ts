/**
 * A sentence with one mark at its end. Use it where the last part comes from elsewhere, such as the
 * message of an error, and may bring a mark of its own.
 */
export function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** A sentence without the dot at its end, to go on after it. */
export function clause(text: string): string {
  return text.replace(/\.$/, '');
}
