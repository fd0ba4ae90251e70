import {
  addReading,
  type MetricRule,
  type MetricState,
  metricOpinion,
  UNMEASURED,
} from '../analysis/metric.ts';
import type { Reading } from '../analysis/metric-readings.ts';
import type { AnalysisConfig } from '../config/analysis.ts';
import type { ReleaseRun } from '../project/run.ts';
import type { Clock } from '../system/clock.ts';
import { measureCommand, measureHttp, measurePrometheus, type Settings } from './measure.ts';
import type { StartSource } from './source.ts';

/** A metric that is measured again and again. */
interface Metric {
  rule: MetricRule;
  every: number;
  /** Rejects only when the signal aborts. */
  measure: (signal: AbortSignal) => Promise<Reading>;
  state: MetricState;
}

/**
 * Measures every metric of canary.yaml, at once when it is first asked and then again and again: before that the canary
 * may not even be built. A pass counts only for the weight it was measured at.
 */
export const startMetrics: StartSource = async (run, settings) => {
  const { clock } = run.context;
  const metrics = metricsOf(run, settings);
  const stopping = new AbortController();
  const signal = AbortSignal.any([run.signal, stopping.signal]);
  let loops: Promise<void>[] | undefined;
  let weight: number | undefined;
  let since = clock.now();
  return {
    opinions(nextWeight) {
      if (weight !== nextWeight) since = clock.now();
      weight = nextWeight;
      loops ??= metrics.map((metric) => keepMeasuring(metric, clock, signal));
      return metrics.map(({ rule, state }) => metricOpinion(rule, state, since));
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops ?? []);
    },
  };
};

async function keepMeasuring(metric: Metric, clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      const at = clock.now();
      const reading = await metric.measure(signal);
      metric.state = addReading(metric.rule, metric.state, reading, at);
      await clock.sleep(metric.every, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function metricsOf(run: ReleaseRun, { prometheus, http, command }: AnalysisConfig): Metric[] {
  return [
    ...prometheus.map((settings) =>
      metric('prometheus', settings, measurePrometheus(run, settings)),
    ),
    ...http.map((settings) => metric('http', settings, measureHttp(run, settings))),
    ...command.map((settings) => metric('command', settings, measureCommand(run, settings))),
  ];
}

function metric(kind: string, settings: Settings, measure: Metric['measure']): Metric {
  const { name, pass, fail, failures, errors, every, noData = 'wait' } = settings;
  const rule = { source: `${kind} ${name}`, failures, errors, noData };
  // A program without conditions says it by its exit code.
  const told =
    pass || fail
      ? { subject: `${name} is`, pass, fail }
      : { subject: `${name} ended with`, pass: ENDS_WELL, fail: undefined };
  return { rule: { ...rule, ...told }, every, measure, state: UNMEASURED };
}

const ENDS_WELL = [{ operator: '==', number: 0 }] as const;
