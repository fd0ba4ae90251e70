import { addReading, type MetricRule, metricOpinion, UNMEASURED } from '../analysis/metric.ts';
import {
  prometheusProblem,
  type Reading,
  readJson,
  readLastLine,
  readPrometheus,
} from '../analysis/metric-readings.ts';
import type { CommandMetric, HttpMetric, PrometheusMetric } from '../config/sections/metrics.ts';
import { fillPlaces } from '../config/values/placeholders.ts';
import type { ReleaseRun } from '../project/run.ts';
import { askConfigured, isGood } from './ask-configured.ts';
import { placeholderValues } from './release-facts.ts';
import { runConfigured } from './run-program.ts';
import { type Looking, lookingSource, type StartSource } from './source.ts';

/** The settings that all kinds of metrics share. */
type MetricSettings = Omit<CommandMetric, 'run' | 'timeout'> & Partial<Pick<HttpMetric, 'noData'>>;

const ENDS_WELL = [{ operator: '==', number: 0 }] as const;

/** Measures every metric of canary.yaml repeatedly. A pass counts only for the weight it was measured at. */
export const startMetrics: StartSource = async (run, { prometheus, http, command }) => {
  const metric = <S extends MetricSettings>(
    kind: string,
    settings: S,
    measure: (run: ReleaseRun, settings: S) => Promise<Reading>,
  ): Looking => {
    const rule = ruleOf(kind, settings);
    let state = UNMEASURED;
    return {
      source: rule.source,
      everyMs: settings.every,
      look: async ({ context, signal }) => {
        const at = context.clock.now();
        state = addReading(rule, state, await measure({ ...run, signal }, settings), at);
      },
      opinion: (since) => metricOpinion(rule, state, since),
    };
  };
  return lookingSource(run, [
    ...prometheus.map((each) => metric('prometheus', each, measurePrometheus)),
    ...http.map((each) => metric('http', each, measureHttp)),
    ...command.map((each) => metric('command', each, measureCommand)),
  ]);
};

function ruleOf(kind: string, settings: MetricSettings): MetricRule {
  const { name, pass, fail, failures, errors, noData = 'wait' } = settings;
  const rule = { source: `${kind} ${name}`, failures, errors, noData };
  if (pass || fail) return { ...rule, subject: `${name} is`, pass, fail };
  // A program without conditions reports by its exit code.
  return { ...rule, subject: `${name} ended with`, pass: ENDS_WELL, fail: undefined };
}

/** Asks Prometheus for the current value of a query. */
async function measurePrometheus(run: ReleaseRun, metric: PrometheusMetric): Promise<Reading> {
  const url = `${metric.url.replace(/(?<!\/)\/+$/, '')}/api/v1/query`;
  const request = { ...metric, url, parameters: { query: metric.query } };
  const asked = await askConfigured(run, request, run.signal);
  if ('problem' in asked) return asked;
  const { answer, hide } = asked;
  const body = answer.body.toString();
  if (isGood(answer)) return readPrometheus(body);
  return { problem: hide(`status ${answer.status}, ${prometheusProblem(body)}`) };
}

/** Asks any server for JSON that contains the number. */
async function measureHttp(run: ReleaseRun, metric: HttpMetric): Promise<Reading> {
  const body = metric.body && fillPlaces(metric.body, placeholderValues(run, metric.service));
  const asked = await askConfigured(run, { ...metric, body }, run.signal);
  if ('problem' in asked) return asked;
  const { answer } = asked;
  if (!isGood(answer)) return { problem: `status ${answer.status}` };
  return readJson(answer.body.toString(), metric.value);
}

/** Runs a program that reports by its exit code, or in the last line it writes. */
async function measureCommand(run: ReleaseRun, metric: CommandMetric): Promise<Reading> {
  const end = await runConfigured(run, metric, run.signal);
  if ('problem' in end) return { problem: `it ${end.problem}` };
  const { exitCode, stdout } = end;
  const isNumber = metric.pass !== undefined || metric.fail !== undefined;
  if (!isNumber && exitCode <= 1) return { value: exitCode };
  if (exitCode !== 0) return { problem: `it ended with exit code ${exitCode}` };
  return readLastLine(stdout);
}
