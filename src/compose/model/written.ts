import { literally } from '../../config/values/literally.ts';
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

/** A pattern of what a text with variables can become: each variable matches anything. */
export function asPattern(text: string): RegExp {
  let pattern = '';
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const rest = text.slice(index);
    const plain = depth === 0 ? /^\$\w+/.exec(rest)?.[0] : undefined;
    if (rest.startsWith('${')) {
      if (depth === 0) pattern += '.*';
      depth += 1;
      index += 1;
    } else if (depth > 0) {
      if (text[index] === '}') depth -= 1;
    } else if (plain) {
      pattern += '.*';
      index += plain.length - 1;
    } else {
      pattern += literally(text[index] ?? '');
    }
  }
  return new RegExp(`^${pattern}$`);
}
