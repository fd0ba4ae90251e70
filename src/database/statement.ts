const LONGEST = 160;

/** The rest of longer statements is not read: only the beginning is shown anyway. */
const READ = 100_000;

/** The parts of a statement that matter for hiding values. */
const PIECE = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|#(?![>-])[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<escaped>\b[eE]'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*(?:'|$))`,
    String.raw`(?<value>(?:\b[nNxXbB])?'[^']*(?:''[^']*)*(?:'|$))`,
    String.raw`(?<dollar>\$(?<tag>(?:[\p{L}_][\p{L}\p{N}_]*)?)\$[\s\S]*?(?:\$\k<tag>\$|$))`,
    '(?<quoted>"[^"]*(?:""[^"]*)*(?:"|$))',
    '(?<name>`[^`]*(?:``[^`]*)*(?:`|$))',
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
  ].join('|'),
  'gu',
);

const HIDDEN = "'…'";

/** A telephone or account number; shorter numbers are limits, sizes and flags. */
const LONG_NUMBER = /(?<![\w.'"`])\d{5,}(?:\.\d+)?(?!\w)/g;

/**
 * A statement that is safe to show and store: on one line, shortened, with its values hidden (they
 * may be secrets). `doubleQuotes`: whether they contain names, as in the standard, or values, as in
 * MySQL. If servers do not agree where a value or a comment ends, the rest is left out.
 */
export function shownStatement(
  statement: string,
  doubleQuotes: 'names' | 'values' = 'names',
): string {
  return shownLine(withoutValues(statement, doubleQuotes));
}

/** The lines of a long text of SQL, each as safe and short as a shown statement. */
export function shownLines(text: string, doubleQuotes: 'names' | 'values' = 'names'): string[] {
  return withoutValues(text, doubleQuotes).split('\n').map(shownLine).filter(Boolean);
}

function shownLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(LONG_NUMBER, '…').replace(/;\s*$/, '').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).trimEnd()}…`;
}

function withoutValues(statement: string, doubleQuotes: 'names' | 'values'): string {
  const text = statement.slice(0, READ);
  let shown = '';
  let end = 0;
  let hidesNames = doubleQuotes === 'values';
  for (const match of text.matchAll(PIECE)) {
    const groups = match.groups ?? {};
    shown += text.slice(end, match.index) + shownPiece(match[0], groups, hidesNames);
    end = match.index + match[0].length;
    hidesNames ||= /^(password|identified)$/i.test(groups.word ?? '');
    if (!isDisputed(groups, hidesNames)) continue;
    shown += ' …';
    end = text.length;
    break;
  }
  return shown + text.slice(end) + (statement.length > READ ? ' …' : '');
}

type Groups = Readonly<Record<string, string | undefined>>;

function shownPiece(piece: string, { comment, word, name, quoted }: Groups, hidesNames: boolean) {
  if (comment !== undefined) return ' ';
  const isName = name !== undefined || (quoted !== undefined && !hidesNames);
  return word !== undefined || (isName && isWhole(piece)) ? piece : HIDDEN;
}

/**
 * Whether servers disagree about the end: a backslash, a comment inside a comment, a quote in a
 * name.
 */
function isDisputed(
  { comment = '', value = '', quoted = '""', name = '``' }: Groups,
  quotesHoldValues: boolean,
): boolean {
  if (/\\['"]/.test(value + quoted)) return true;
  if (!isWhole(name) || (!quotesHoldValues && !isWhole(quoted))) return true;
  if (comment.startsWith('/*')) return comment.indexOf('/*', 2) > 0;
  return comment !== '' && !/^--(\s|$)/.test(comment) && /['"`$]|\/\*|\*\//.test(comment);
}

/** Whether a text is one statement that reads or writes rows, as far as can be told: nothing can hide behind it. */
export function isOneQuery(text: string): boolean {
  if (text.length > READ) return false;
  const shown = withoutValues(text, 'names').trim();
  return (
    /^(select|insert|update|delete|with|merge|values|table)\b/i.test(shown) &&
    !/;\s*\S/.test(shown) &&
    !shown.endsWith(' …')
  );
}

/** Whether a shown statement deletes from or updates a table without limiting the rows. */
export function namesNoRows(statement: string): boolean {
  const words = statement.trim();
  if (!/^(delete\s+from|update)\s/i.test(words) || isCut(words)) return false;
  return (
    !/\b(where|limit|using)\b/i.test(words) ||
    /\bwhere\s+(true|1\s*=\s*1|'…'\s*=\s*'…')$/i.test(words)
  );
}

/** Whether a name is terminated and contains no quote of another kind. */
function isWhole(name: string): boolean {
  return /^("[^'`]*"|`[^'"]*`)$/.test(name);
}

function isCut(words: string): boolean {
  return words.endsWith('…');
}
