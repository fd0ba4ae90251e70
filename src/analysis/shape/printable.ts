/**
 * Keys and paths come from other programs: nothing in them moves a terminal's cursor, breaks the line or turns it
 * around when it is printed.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character, index)).join(''),
  );
}

/** As JSON writes it, so that a quoted key can be read again. */
function escapeUnit(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}
