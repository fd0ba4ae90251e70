/** A line that sets a variable: what is before its value, and whether it ends as lines do elsewhere. */
const line = (name: string) =>
  new RegExp(`^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*[=:][ \\t]*)(.*?)(\\r?)$`);

/** The names of the variables that an env file sets. */
export function envNames(text: string): string[] {
  return [...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[=:]/gm)].map(
    ([, name = '']) => name,
  );
}

/** A line that gives a value in quotes to any variable. */
const QUOTED = /^[ \t]*(?:export[ \t]+)?[\w.[\]-]+[ \t]*[=:][ \t]*(["'])/;

/** Values that need no quotes in an env file. */
const PLAIN = /^[\w.:/@+,-]*$/;

/**
 * The text of an env file in which a variable has another value: that of the last line that sets it, because that line
 * counts; else a line at the end. All else stays byte for byte. `undefined` if the value goes over several lines.
 */
export function setEnvLine(text: string, name: string, value: string): string | undefined {
  const lines = text.split('\n');
  const pattern = line(name);
  const at = settingLine(lines, pattern);
  // In quotes, a backslash before the closing one would take it away.
  if (/['\\\r\n]/.test(value)) return undefined;
  if (at < 0) {
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    return `${text}${end}${name}=${quotedAs('', value)}\n`;
  }
  const [, before = '', old = '', end = ''] = pattern.exec(lines[at] ?? '') ?? [];
  const rest = restOf(old);
  if (rest === undefined) return undefined;
  lines[at] = `${before}${quotedAs(old, value)}${rest}${end}`;
  return lines.join('\n');
}

/** A value in the quotes that the old one has; single ones where it needs some, for variables count in double ones. */
function quotedAs(old: string, value: string): string {
  if (!PLAIN.test(value)) return `'${value}'`;
  const [quote = ''] = /^["']/.exec(old) ?? [];
  return `${quote}${value}${quote}`;
}

/** The last line that a pattern fits and that is no part of another variable's value; -1 if there is none. */
function settingLine(lines: readonly string[], pattern: RegExp): number {
  let found = -1;
  let open: string | undefined;
  for (const [index, each] of lines.entries()) {
    if (open !== undefined) {
      if (closingQuote(each, open) >= 0) open = undefined;
      continue;
    }
    if (pattern.test(each)) found = index;
    const [start = '', quote] = QUOTED.exec(each) ?? [];
    if (quote !== undefined && closingQuote(each, quote, start.length) < 0) open = quote;
  }
  return found;
}

/** Where a value ends that is in quotes; a backslash takes their meaning from them. -1 if it goes on after the text. */
function closingQuote(text: string, quote: string, from = 0): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === quote) return index;
  }
  return -1;
}

/** What follows a value on its line: blanks and a comment. `undefined` if its quotes are not closed on that line. */
function restOf(old: string): string | undefined {
  const [quote] = old;
  if (quote === '"' || quote === "'") {
    const close = closingQuote(old, quote, 1);
    return close < 0 ? undefined : old.slice(close + 1);
  }
  const comment = old.search(/[ \t]#/);
  const value = (comment < 0 ? old : old.slice(0, comment)).trimEnd();
  return old.slice(value.length);
}

/** The value that an env file gives to a variable: what its last line for it says. */
export function envValue(text: string, name: string): string | undefined {
  const pattern = line(name);
  const lines = text.split('\n');
  const found = lines[settingLine(lines, pattern)];
  const [, , old = ''] = pattern.exec(found ?? '') ?? [];
  if (found === undefined) return undefined;
  const [quote] = old;
  const close = quote === '"' || quote === "'" ? closingQuote(old, quote, 1) : -1;
  return close > 0 ? old.slice(1, close) : old.slice(0, old.length - (restOf(old) ?? '').length);
}
