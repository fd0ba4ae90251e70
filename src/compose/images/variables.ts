import { CanaryError } from '../../errors.ts';
import { splitOutside } from '../model/written.ts';
import { parseReference } from './reference.ts';

export type Variables = Readonly<Record<string, string>>;

/** An expression with a variable, in the parts that the Compose Specification ("Interpolation") gives it. */
interface Expression {
  name: string;
  /** `:-`, `-`, `:?`, `?`, `:+`, `+`, or nothing. */
  operator: string;
  /** What follows the operator; may have expressions in it. */
  operand: string;
  /** Where it ends in the text. */
  end: number;
}

const NAME = /[A-Za-z_]\w*/y;
const OPERATOR = /:?[-?+]/y;

/** The expression that begins at a dollar sign; `undefined` if it begins none. */
function expressionAt(text: string, dollar: number): Expression | undefined {
  const isBraced = text[dollar + 1] === '{';
  const name = matchAt(NAME, text, dollar + (isBraced ? 2 : 1));
  if (name === undefined) return undefined;
  if (!isBraced) return { name, operator: '', operand: '', end: dollar + 1 + name.length };
  const after = dollar + 2 + name.length;
  const close = closingBrace(text, after);
  if (close < 0) return undefined;
  const operator = matchAt(OPERATOR, text, after) ?? '';
  return { name, operator, operand: text.slice(after + operator.length, close), end: close + 1 };
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

/** More than anybody writes. Compose takes a minute for some thousands, and who follows them has no stack left. */
const MOST_LEVELS = 100;

/** The brace that closes an expression, from a place inside it; -1 if there is none. */
function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '$' && text[index + 1] === '{') depth += 1;
    if (depth > MOST_LEVELS) throw tooDeep();
    if (text[index] === '}') {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  return -1;
}

function tooDeep(): CanaryError {
  return new CanaryError(
    'compose-file-invalid',
    `A variable in the compose file has more than ${MOST_LEVELS} others in its default, one in another.`,
  );
}

/** A text as it was written, with these variables replaced as Compose would; all others stay as they are. */
export function replaceVariables(text: string, variables: Variables): string {
  let result = '';
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
    result += text.slice(at, dollar);
    // Two dollars are one in what Compose makes of it, and no variable.
    if (text[dollar + 1] === '$') {
      result += '$$';
      at = dollar + 2;
      continue;
    }
    const expression = expressionAt(text, dollar);
    at = expression?.end ?? dollar + 1;
    result += expression ? replaced(text.slice(dollar, at), expression, variables) : '$';
  }
  return result + text.slice(at);
}

function replaced(
  written: string,
  { name, operator, operand }: Expression,
  variables: Variables,
): string {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === undefined) {
    // Its default may name one of the variables.
    if (operand === '') return written;
    return `\${${name}${operator}${replaceVariables(operand, variables)}}`;
  }
  const counts = value !== '' || !operator.startsWith(':');
  if (operator.endsWith('+')) return counts ? replaceVariables(operand, variables) : '';
  if (operator.endsWith('-') && !counts) return replaceVariables(operand, variables);
  return value.replaceAll('$', '$$$$');
}

/** The same for every text in a definition as it was written, keys of maps included. */
export function withVariables<T>(written: T, variables: Variables): T {
  if (typeof written === 'string') return replaceVariables(written, variables) as T;
  if (Array.isArray(written)) return written.map((each) => withVariables(each, variables)) as T;
  if (typeof written !== 'object' || written === null) return written;
  const entries = Object.entries(written).map(([key, value]) => [
    replaceVariables(key, variables),
    withVariables(value, variables),
  ]);
  return Object.fromEntries(entries);
}

/**
 * The variable, with its value, that makes an image's name as it is written become this one: its tag is that variable,
 * alone or with fixed text around it. `undefined` if no single variable does.
 */
function solveTag(
  written: string,
  wanted: { repository: string; tag: string },
  resolvedRepository: string,
): { name: string; value: string } | undefined {
  if (resolvedRepository !== wanted.repository) return undefined;
  const parts = splitOutside(written, ':');
  const tag = parts.length > 1 ? (parts.at(-1) ?? '') : '';
  const dollar = tag.indexOf('$');
  const expression = dollar < 0 ? undefined : expressionAt(tag, dollar);
  if (!expression || expression.operator.endsWith('+')) return undefined;
  const before = tag.slice(0, dollar);
  const after = tag.slice(expression.end);
  const isFixed = !after.includes('$') && !after.includes('@');
  const { length } = wanted.tag;
  const fits =
    isFixed &&
    length > before.length + after.length &&
    wanted.tag.startsWith(before) &&
    wanted.tag.endsWith(after);
  if (!fits) return undefined;
  return { name: expression.name, value: wanted.tag.slice(before.length, length - after.length) };
}

/** The same for the whole name of an image: `written` becomes `wanted` instead of `resolved`, which it is now. */
export function solveReference(
  written: unknown,
  wanted: string,
  resolved: string,
): { name: string; value: string } | undefined {
  const { repository, tag, digest } = parseReference(wanted) ?? {};
  if (typeof written !== 'string' || repository === undefined) return undefined;
  const ofTag =
    tag === undefined || digest !== undefined
      ? undefined
      : solveTag(written, { repository, tag }, parseReference(resolved)?.repository ?? '');
  return ofTag ?? solveEnd(written, wanted);
}

/** The same where a variable is the digest of a name, or all of it: `acme/web@${DIGEST}`, `${IMAGE:-acme/web:1}`. */
function solveEnd(written: string, wanted: string): { name: string; value: string } | undefined {
  const dollar = written.indexOf('$');
  const expression = dollar < 0 ? undefined : expressionAt(written, dollar);
  if (!expression || expression.operator.endsWith('+')) return undefined;
  const before = written.slice(0, dollar);
  const isLast = expression.end === written.length && (before === '' || before.endsWith('@'));
  if (!isLast || !wanted.startsWith(before)) return undefined;
  return { name: expression.name, value: wanted.slice(before.length) };
}

/** Every expression with a variable in a definition as it was written, those in operands included: `${VERSION:-1}`. */
export function expressionsIn(written: unknown): { name: string; text: string }[] {
  if (typeof written === 'string') return expressionsOf(written);
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).flatMap(([key, value]) => [
    ...(Array.isArray(written) ? [] : expressionsOf(key)),
    ...expressionsIn(value),
  ]);
}

function expressionsOf(text: string): { name: string; text: string }[] {
  const found: { name: string; text: string }[] = [];
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
    const expression = text[dollar + 1] === '$' ? undefined : expressionAt(text, dollar);
    at = expression?.end ?? dollar + (text[dollar + 1] === '$' ? 2 : 1);
    if (!expression) continue;
    found.push({ name: expression.name, text: text.slice(dollar, at) });
    found.push(...expressionsOf(expression.operand));
  }
  return found;
}
