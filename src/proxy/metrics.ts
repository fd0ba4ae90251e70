import { section } from './route.ts';

/** Where Prometheus asks what HAProxy counts. Not logged, for whoever looks is no user; no service can be called like it. */
export function metricsSection(port: number): string {
  return section('frontend proxy:metrics', [
    `bind :${port}`,
    'no log',
    'http-request use-service prometheus-exporter if { path /metrics }',
    'http-request return status 404 content-type text/plain string "It is at /metrics.\\n"',
  ]);
}
