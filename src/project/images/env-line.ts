/** A line that sets a variable: what is before its value, and whether it ends as lines do elsewhere. */
const line = (name: string) =>
  new RegExp(`^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*[=:][ \\t]*)(.*?)(\\r?)$`);

/** The names of the variables that an env file sets. */
export function envNames(text: string): string[] {
  return [...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[=:]/gm)].map(
    ([, name = '']) => name,
  );
}

/** Values that need no quotes in an env file. */
const PLAIN = /^[\w.:/@+,-]*$/;

/**
 * The text of an env file in which a variable has another value: that of the last line that sets it, because that line
 * counts; else a line at the end. All else stays byte for byte. `undefined` if the value goes over several lines.
 */
export function setEnvLine(text: string, name: string, value: string): string | undefined {
  const lines = text.split('\n');
  const pattern = line(name);
  const at = lines.findLastIndex((each) => pattern.test(each));
  const quoted = PLAIN.test(value) ? value : `'${value}'`;
  if (value.includes("'") || /[\r\n]/.test(value)) return undefined;
  if (at < 0) {
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    return `${text}${end}${name}=${quoted}\n`;
  }
  const [, before = '', old = '', end = ''] = pattern.exec(lines[at] ?? '') ?? [];
  const rest = restOf(old);
  if (rest === undefined) return undefined;
  lines[at] = `${before}${quoted}${rest}${end}`;
  return lines.join('\n');
}

/** What follows a value on its line: blanks and a comment. `undefined` if its quotes are not closed on that line. */
function restOf(old: string): string | undefined {
  const [quote] = old;
  if (quote === '"' || quote === "'") {
    const close = old.indexOf(quote, 1);
    return close < 0 ? undefined : old.slice(close + 1);
  }
  const comment = old.search(/[ \t]#/);
  const value = (comment < 0 ? old : old.slice(0, comment)).trimEnd();
  return old.slice(value.length);
}

/** The value that an env file gives to a variable: what its last line for it says. */
export function envValue(text: string, name: string): string | undefined {
  const pattern = line(name);
  const found = text.split('\n').findLast((each) => pattern.test(each));
  const [, , old = ''] = pattern.exec(found ?? '') ?? [];
  if (found === undefined) return undefined;
  const [quote] = old;
  const close = quote === '"' || quote === "'" ? old.indexOf(quote, 1) : -1;
  return close > 0 ? old.slice(1, close) : old.slice(0, old.length - (restOf(old) ?? '').length);
}
