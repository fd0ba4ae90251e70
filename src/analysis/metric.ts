import type { Condition } from '../config/values/condition.ts';
import { ended } from '../sentences.ts';
import type { Reading } from './metric-readings.ts';
import type { Opinion } from './opinion.ts';

/** The conditions under which a metric counts for or against the canary. */
export interface MetricRule {
  /** The source of the opinion: `prometheus error-rate`. */
  source: string;
  /** The words before the number in a sentence: `error-rate is`. */
  subject: string;
  /** If only one is given, the other is its opposite. */
  pass: readonly Condition[] | undefined;
  fail: readonly Condition[] | undefined;
  /** This many bad measurements in a row are a failure. */
  failures: number;
  /** This many measurements in a row may go wrong. */
  errors: number;
  /** How a measurement without a number counts: no evidence yet, or an error. */
  noData: 'wait' | 'error';
}

/** The state of a metric after its measurements so far. */
export interface MetricState {
  newest: { at: Date; reading: Reading } | undefined;
  /** How many of the last measurements in a row went wrong, and how many were bad. */
  errors: number;
  bad: number;
  /** The number that made it fail. A failure is final, whatever is measured later. */
  failedAt: number | undefined;
}

export const UNMEASURED: MetricState = {
  newest: undefined,
  errors: 0,
  bad: 0,
  failedAt: undefined,
};

/** The next state of a metric after a measurement that began at `at`. */
export function addReading(
  rule: MetricRule,
  state: MetricState,
  reading: Reading,
  at: Date,
): MetricState {
  const next = { ...state, newest: { at, reading } };
  if (isWrong(rule, reading)) return { ...next, errors: state.errors + 1 };
  // A measurement without evidence does not change `bad`.
  if (!('value' in reading)) return { ...next, errors: 0 };
  const bad = resultOf(rule, reading.value) === 'fail' ? state.bad + 1 : 0;
  const failedAt = state.failedAt ?? (bad >= rule.failures ? reading.value : undefined);
  return { ...next, errors: 0, bad, failedAt };
}

/** The metric's opinion; to pass, it must have been measured since `since`. */
export function metricOpinion(rule: MetricRule, state: MetricState, since: Date): Opinion {
  const { source } = rule;
  const { newest, failedAt } = state;
  if (failedAt !== undefined) return { source, result: 'fail', text: told(rule, failedAt) };
  if (!newest) return { source, result: 'wait', text: 'Nothing was measured yet.' };
  const { reading } = newest;
  if (!('value' in reading)) return withoutNumber(rule, state, reading);
  const result = resultOf(rule, reading.value);
  if (result === 'fail') {
    const text = `${told(rule, reading.value)} ${state.bad} of ${rule.failures} such measurements in a row.`;
    return { source, result: 'wait', text };
  }
  if (newest.at < since) {
    const text = `${told(rule, reading.value)} It is measured again for these users.`;
    return { source, result: 'wait', text };
  }
  return { source, result, text: told(rule, reading.value) };
}

function withoutNumber(
  rule: MetricRule,
  { errors }: MetricState,
  reading: Exclude<Reading, { value: number }>,
): Opinion {
  const { source } = rule;
  const why = 'problem' in reading ? reading.problem : reading.noData;
  if (!isWrong(rule, reading))
    return { source, result: 'wait', text: ended(`No number yet: ${why}`) };
  if (errors > rule.errors)
    return { source, result: 'error', text: ended(`Not measured ${times(errors)}: ${why}`) };
  const text = ended(`Not measured ${times(errors)}, ${rule.errors} allowed: ${why}`);
  return { source, result: 'wait', text };
}

function isWrong({ noData }: MetricRule, reading: Reading): boolean {
  return 'problem' in reading || ('noData' in reading && noData === 'error');
}

function resultOf({ pass, fail }: MetricRule, value: number): 'pass' | 'fail' | 'wait' {
  const passes = pass && holds(pass, value);
  const fails = fail ? holds(fail, value) : passes === false;
  if (fails) return 'fail';
  return (passes ?? true) ? 'pass' : 'wait';
}

function told({ subject, pass, fail }: MetricRule, value: number): string {
  const number = `${subject} ${Number(value.toPrecision(6))}`;
  if (fail && holds(fail, value)) return `${number}, ${inWords(fail)}.`;
  if (pass && holds(pass, value)) return `${number}, ${inWords(pass)}.`;
  if (pass && fail) return `${number}, neither ${inWords(pass)} nor ${inWords(fail)}.`;
  return `${number}, not ${inWords(pass ?? fail ?? [])}.`;
}

const COMPARISONS: Record<
  Condition['operator'],
  { words: string; holds: (value: number, number: number) => boolean }
> = {
  '<': { words: 'below', holds: (value, number) => value < number },
  '<=': { words: 'at most', holds: (value, number) => value <= number },
  '>': { words: 'above', holds: (value, number) => value > number },
  '>=': { words: 'at least', holds: (value, number) => value >= number },
  '==': { words: 'exactly', holds: (value, number) => value === number },
  '!=': { words: 'other than', holds: (value, number) => value !== number },
};

function holds(conditions: readonly Condition[], value: number): boolean {
  return conditions.every(({ operator, number }) => COMPARISONS[operator].holds(value, number));
}

function inWords(conditions: readonly Condition[]): string {
  return conditions
    .map(({ operator, number }) => `${COMPARISONS[operator].words} ${number}`)
    .join(' and ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times in a row`;
}
