/** Ten thousand users in turn, each request prepared beforehand; the result as JSON, in microseconds. */
export const WRK_SCRIPT = `local requests = {}
function init()
  for user = 1, 10000 do
    requests[user] = wrk.format("GET", "/", { ["X-User-Id"] = "user-" .. user })
  end
end
local at = 0
function request()
  at = at % 10000 + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"requests":%d,"duration":%d,"p50":%d,"p99":%d,"failed":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

export interface Round {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Microseconds of processor time that the proxy took per request; other work on the machine does not affect it. */
  processorUs: number;
}

/** Reads the output of the script, with the processor time meanwhile; throws when a request failed. */
export function readRound(output: string, processorTime: number): Round {
  const { requests, duration, p50, p99, failed } = JSON.parse(output.split('\n').at(-1) ?? '');
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed.`);
  return {
    perSecond: (requests * 1_000_000) / duration,
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
    processorUs: processorTime / requests,
  };
}

/** The value below which a share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);
