import type { z } from 'zod';

/** What canary.yaml calls the types of its values. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list, such as [a, b]',
  object: 'settings, such as { name: value }',
  record: 'settings, such as { name: value }',
  null: 'nothing',
};

const NUMBERS: ReadonlySet<string> = new Set(['number', 'int']);

/** YAML 1.2 reads these as texts, older versions did not. */
const FORMER_BOOLEANS: ReadonlySet<unknown> = new Set(['yes', 'no', 'on', 'off']);

/**
 * The words for a problem that the schema has no message for. The value itself is not shown: it may
 * be secret.
 */
export function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return 'is missing';
      const wanted = TYPES[issue.expected] ?? issue.expected;
      const isQuoted = NUMBERS.has(issue.expected) && isNumber(issue.input);
      const hint = isQuoted ? ': leave out the quotes' : '';
      return `must be ${wanted}, not ${typeOf(issue.input)}${hint}`;
    }
    case 'too_small':
      return `must ${amount(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${amount(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_value':
      return `is not ${listOf(issue.values.map(String))}`;
    case 'invalid_union':
      return 'cannot be read as any of its forms';
    default:
      return undefined;
  }
}

/** `a`, `a or b`, `a, b or c`. */
function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function amount(origin: string, limit: string, most: number | bigint): string {
  if (origin === 'string')
    return `have ${limit} ${most} ${most === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `have ${limit} ${most} ${most === 1 ? 'element' : 'elements'}`;
  return `be ${limit} ${most}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'settings';
  if (FORMER_BOOLEANS.has(value)) return `the text \`${value}\``;
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return `\`${value}\``;
  return typeof value === 'number' ? `the number ${value}` : 'that';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d{1,9}(\.\d{1,9})?$/.test(value);
}
