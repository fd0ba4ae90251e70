import { type Answer, BODY_LIMIT } from '../../src/analysis/shape/answer.ts';
import { compareShapes, type ShapeComparison } from '../../src/analysis/shape/compare.ts';
import { readAnswerPath } from '../../src/config/values/answer-path.ts';

export function json(value: unknown, status = 200): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

export function page(body: string): Answer {
  const head = '<head><meta charset="utf-8"><title>Shop</title></head>';
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html>\n<html lang="en">\n${head}\n<body>${body}</body>\n</html>`,
  };
}

/** JSON exactly as given. */
export const jsonText = (body: string): Answer => ({ ...json({}), body });

/** Repeats a part as often as the limit of a body allows. */
export function filled(part: string, of = BODY_LIMIT): string {
  return part.repeat(Math.floor(of / part.length));
}

/** Compares answers; a single answer of the stable counts as two equal ones. */
export function compared(
  stable: readonly Answer[],
  canary: readonly Answer[],
  allowed: readonly string[] = [],
): ShapeComparison {
  const [first, second = first, ...more] = stable;
  const [tried, ...others] = canary;
  if (!first || !second || !tried) throw new Error('a comparison needs answers of both sides');
  return compareShapes([first, second, ...more], [tried, ...others], allowed.map(path));
}

/** The differences as short lines: `missing $[].code`. */
export function differencesOf(...args: Parameters<typeof compared>): string[] {
  return compared(...args).differences.map(({ kind, path }) => `${kind} ${path}`.trim());
}

function path(text: string) {
  const read = readAnswerPath(text);
  if (!read) throw new Error(`${text} is not a path`);
  return read;
}
