import type { AnalysisConfig } from '../config/sections/analysis.ts';
import type { JudgeSettings } from './judge.ts';
import { SIGNALS } from './signals.ts';

/** The settings of canary.yaml, as the judge needs them. */
export function judgeSettings(settings: AnalysisConfig): JudgeSettings {
  const { alpha, margin, latency, minimumRequests, errors, refused, size } = settings;
  const isAsked = { failed: errors, slow: latency !== false, refused, size };
  return {
    alpha,
    minimumRequests,
    margin: margin / 100,
    percentile: latency ? latency.percentile : 99,
    warmUp: latency ? latency.warmUp : 0,
    signals: SIGNALS.filter((signal) => isAsked[signal]),
  };
}
