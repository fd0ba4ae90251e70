import { type ValuePath, valueAt } from '../config/values/value-path.ts';
import { printable } from './shape/printable.ts';

/** The result of one measurement: a number, nothing yet, or an error. */
export type Reading = { value: number } | { noData: string } | { problem: string };

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const SERIES_PATH: ValuePath = [
  { kind: 'key', name: 'value' },
  { kind: 'element', index: 1 },
];

/** The number at a path in a JSON response. */
export function readJson(body: string, path: ValuePath): Reading {
  const document = parse(body);
  return document ? numberIn(valueAt(document.json, path)) : { problem: 'the answer is no JSON' };
}

/** The single number that Prometheus returns for a query (its HTTP API, "Instant queries"). */
export function readPrometheus(body: string): Reading {
  const { status, data } = (parse(body)?.json ?? {}) as PrometheusAnswer;
  if (status !== 'success') return { problem: prometheusProblem(body) };
  if (data?.resultType === 'scalar') return numberIn(data.result?.[1]);
  if (data?.resultType !== 'vector' || !Array.isArray(data.result))
    return { problem: 'the query gives neither a vector nor a scalar' };
  const [first, ...more] = data.result;
  if (more.length > 0)
    return { problem: `the query gives ${more.length + 1} series, not one; a \`sum()\` makes one` };
  return numberIn(valueAt(first, SERIES_PATH));
}

/** The error that Prometheus returns for a query. */
export function prometheusProblem(body: string): string {
  const { error } = (parse(body)?.json ?? {}) as PrometheusAnswer;
  return typeof error === 'string'
    ? printable(error.slice(0, 300))
    : 'the answer is not one of Prometheus';
}

/** The number in the last line that a program wrote. */
export function readLastLine(output: string): Reading {
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  if (line === '') return { noData: 'it wrote nothing' };
  const reading = numberIn(line);
  return 'problem' in reading ? { problem: 'its last line is no number' } : reading;
}

interface PrometheusAnswer {
  status?: unknown;
  error?: unknown;
  data?: { resultType?: unknown; result?: readonly unknown[] };
}

/** Only a finite number counts: `null`, `NaN` and a division by 0 are no evidence. */
function numberIn(value: unknown): Reading {
  if (value === undefined || value === null) return { noData: 'it has no data' };
  if (typeof value !== 'number' && typeof value !== 'string')
    return { problem: 'what is there is no number' };
  const text = String(value).trim();
  if (/^([+-]?(inf|infinity|nan))?$/i.test(text)) return { noData: 'it has no data' };
  if (!NUMBER.test(text)) return { problem: 'what is there is no number' };
  const number = Number(text);
  return Number.isFinite(number) ? { value: number } : { noData: 'it has no data' };
}

function parse(body: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(body) };
  } catch {
    return undefined;
  }
}
