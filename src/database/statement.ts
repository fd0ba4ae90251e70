const LONGEST = 160;

/** A statement as it may be shown and kept: on one line, its values hidden (they may be secrets), not too long. */
export function shownStatement(text: string): string {
  const hidden = text
    // Before anything else: a quote in a comment opens no value.
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "'…'")
    .replace(/[eEnN]?'(?:[^'\\]|''|\\.)*'/g, "'…'")
    .replace(/\s+/g, ' ')
    .replace(/;\s*$/, '')
    .trim();
  return hidden.length <= LONGEST ? hidden : `${hidden.slice(0, LONGEST - 1).trimEnd()}…`;
}

/** Whether a statement deletes from or updates a table without saying which rows. */
export function namesNoRows(statement: string): boolean {
  const words = statement.trim();
  return /^(delete\s+from|update)\s/i.test(words) && !/\s(where|limit|using)\s/i.test(words);
}
