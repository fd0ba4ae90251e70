import type { Expectation, JsonExpectation } from '../config/sections/expect.ts';
import { isSameJson, valuesAt } from './json-values.ts';
import { requestName } from './shape/describe.ts';
import { printable } from './shape/printable.ts';

/** A service's response to a check. */
export interface CheckedAnswer {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: string;
  /** The body was longer than the part that was read. */
  isCut: boolean;
  ms: number;
}

const SHOWN = 200;

/**
 * How a response differs from what is expected, one phrase each: `status 500, not 200`. The phrases
 * contain only the status and time of the response; the rest may be secret.
 */
export function unmet(expected: Expectation, answer: CheckedAnswer): string[] {
  const { within } = expected;
  return [
    ...unmetStatus(expected.status, answer.status),
    ...(within !== undefined && answer.ms > within
      ? [`answered after ${Math.ceil(answer.ms)} ms, not within ${within} ms`]
      : []),
    ...Object.entries(expected.header).flatMap(([name, value]) =>
      unmetHeader(name, value, answer.headers[name.toLowerCase()]),
    ),
    ...unmetBody(expected, answer),
  ];
}

/** The problems of a check as one sentence, without its query, headers or body. */
export function describeUnmet(method: string, path: string, phrases: readonly string[]): string {
  return `${requestName(method, path)}: ${phrases.join(', ')}.`;
}

function unmetStatus(expected: readonly number[] | undefined, status: number): string[] {
  if (expected ? expected.includes(status) : status < 400) return [];
  return [`status ${status}, not ${expected ? expected.join(' or ') : 'below 400'}`];
}

function unmetHeader(
  name: string,
  expected: string | boolean,
  values: string | readonly string[] | undefined,
): string[] {
  const found = values === undefined ? [] : [values].flat();
  if (expected === true) return found.length > 0 ? [] : [`header ${name} is missing`];
  if (expected === false) return found.length > 0 ? [`header ${name} is there`] : [];
  const fits = (value: string) =>
    expected.endsWith('*') ? value.startsWith(expected.slice(0, -1)) : value === expected;
  if (found.some(fits)) return [];
  return [`header ${name} is ${found.length > 0 ? 'not' : 'missing, not'} ${shown(expected)}`];
}

function unmetBody({ contains, json }: Expectation, { body, isCut }: CheckedAnswer): string[] {
  const phrases = contains
    .filter((text) => !body.includes(text))
    .map((text) => `the body does not contain ${shown(text)}`);
  if (json.length === 0) return phrases;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [...phrases, isCut ? 'the body is too large to be read as JSON' : 'the body is no JSON'];
  }
  return [...phrases, ...json.flatMap((each) => unmetValue(each, value))];
}

function unmetValue({ written, path, value }: JsonExpectation, body: unknown): string[] {
  const found = valuesAt(body, path);
  if (found.length === 0) return [`${printable(written)} is missing`];
  if (found.every((each) => isSameJson(each, value))) return [];
  return [`${printable(written)} is not ${shown(value)}`];
}

/** A value that canary.yaml expects, as written there. */
function shown(value: unknown): string {
  const text = printable(JSON.stringify(value));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
