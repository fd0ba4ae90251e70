import {
  prometheusProblem,
  type Reading,
  readJson,
  readLastLine,
  readPrometheus,
} from '../analysis/metric-readings.ts';
import type { CommandMetric, HttpMetric, PrometheusMetric } from '../config/metrics.ts';
import { fillPlaces } from '../config/placeholders.ts';
import type { ReleaseRun } from '../project/run.ts';
import { askConfigured, isGood } from './ask-configured.ts';
import { placeholderValues } from './release-facts.ts';
import { runConfigured } from './run-program.ts';

/** What all kinds of metrics can say. */
export type Settings = Omit<CommandMetric, 'run' | 'timeout'> & Partial<Pick<HttpMetric, 'noData'>>;

type Measure = (signal: AbortSignal) => Promise<Reading>;

/** Asks a Prometheus for the present value of a query. */
export function measurePrometheus(run: ReleaseRun, metric: PrometheusMetric): Measure {
  const url = `${metric.url.replace(/\/+$/, '')}/api/v1/query`;
  const request = { ...metric, url, parameters: { query: metric.query } };
  return async (signal) => {
    const asked = await askConfigured(run, request, signal);
    if ('problem' in asked) return asked;
    const { answer, hide } = asked;
    const body = answer.body.toString();
    if (isGood(answer)) return readPrometheus(body);
    return { problem: hide(`status ${answer.status}, ${prometheusProblem(body)}`) };
  };
}

/** Asks any server for JSON that has the number. */
export function measureHttp(run: ReleaseRun, metric: HttpMetric): Measure {
  return async (signal) => {
    const body = metric.body && fillPlaces(metric.body, placeholderValues(run, metric.service));
    const asked = await askConfigured(run, { ...metric, body }, signal);
    if ('problem' in asked) return asked;
    const { answer } = asked;
    if (!isGood(answer)) return { problem: `status ${answer.status}` };
    return readJson(answer.body.toString(), metric.value);
  };
}

/** Runs a program that says it by its exit code, or in the last line it writes. */
export function measureCommand(run: ReleaseRun, metric: CommandMetric): Measure {
  return async (signal) => {
    const end = await runConfigured(run, metric, signal);
    if ('problem' in end) return { problem: `it ${end.problem}` };
    const { exitCode, stdout } = end;
    const isNumber = metric.pass !== undefined || metric.fail !== undefined;
    if (!isNumber && exitCode <= 1) return { value: exitCode };
    if (exitCode !== 0) return { problem: `it ended with exit code ${exitCode}` };
    return readLastLine(stdout);
  };
}
