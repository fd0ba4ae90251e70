/**
 * Keys and paths come from other programs: when printed, nothing in them may move a terminal's
 * cursor, break the line or reverse its direction.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character, index)).join(''),
  );
}

/** Escapes as JSON does, so that a quoted key can be read back. */
function escapeUnit(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}
