import type { Fields } from './fields.ts';
import type { ComposeModel } from './model.ts';

/**
 * The parts of a model that are needed as written: files merged, variables not yet replaced
 * (`docker compose config --no-interpolate`).
 */
export interface WrittenModel {
  services: Readonly<Record<string, Fields | undefined>>;
  configs?: ComposeModel['configs'];
  secrets?: ComposeModel['secrets'];
}

/**
 * Labels or environment as the user wrote them: a list of `key=value`, or a mapping. Keys may
 * contain variables too.
 */
export function writtenPairs(value: unknown): Map<string, string> {
  const pairs = Array.isArray(value)
    ? value.map((each) => {
        const [key = '', ...rest] = splitOutside(String(each), '=');
        return [key, rest.join('=')] as const;
      })
    : Object.entries(value ?? {}).map(([key, each]) => [key, String(each ?? '')] as const);
  return new Map(pairs);
}

/** Splits a text at a sign that is not inside a variable: `${A:-x.y}.rule` has two parts at `.`. */
export function splitOutside(text: string, sign: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const [index, each] of [...text].entries()) {
    if (each === '{' && (depth > 0 || text[index - 1] === '$')) depth += 1;
    if (each === '}' && depth > 0) depth -= 1;
    if (each !== sign || depth > 0) part += each;
    else {
      parts.push(part);
      part = '';
    }
  }
  return [...parts, part];
}

/** Whether a text with variables can become this value: each variable matches anything. */
export function canBecome(text: string, value: string): boolean {
  const [first = '', ...rest] = fixedParts(text);
  const last = rest.pop();
  if (last === undefined) return value === text;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= value.length - last.length;
}

/** The parts of a text between its variables. */
function fixedParts(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/\$\{|\$\w+|[\s\S]/g)) {
    if (piece === '${') {
      if (depth === 0) parts.push('');
      depth += 1;
    } else if (depth > 0) {
      if (piece === '}') depth -= 1;
    } else if (piece.length > 1) {
      parts.push('');
    } else {
      parts[parts.length - 1] += piece;
    }
  }
  return parts;
}
