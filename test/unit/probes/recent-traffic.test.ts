import { expect, test } from 'vitest';
import { RecentTraffic } from '../../../src/probes/recent-traffic.ts';

const request = (at: number, side: 'stable' | 'canary', status = 200, duration = 10) => ({
  at,
  side,
  status,
  duration,
  failed: status >= 500,
});

test('counts both sides of the last minute, and forgets what is older than three', () => {
  const traffic = new RecentTraffic(0);
  for (let at = 0; at < 300_000; at += 1000) traffic.add(request(at, 'stable', 200, 20));
  traffic.add(request(299_000, 'canary', 503, 900));
  traffic.add(request(299_500, 'canary', 404, 30));
  traffic.add(request(100_000, 'canary'));
  const { covers, interval, stable, canary } = traffic.at(301_000);
  expect({ covers, interval }).toEqual({ covers: 60_000, interval: 5000 });
  expect(stable).toMatchObject({ requests: 60, failures: 0, refused: 0 });
  expect(stable.p50).toBeCloseTo(20, 0);
  expect(stable.series).toEqual(Array(36).fill(5));
  expect(canary).toMatchObject({ requests: 2, failures: 1, refused: 1 });
  expect(canary.p99).toBeGreaterThan(880);
  expect(canary.series.slice(-1)).toEqual([2]);
});

test('covers only the time it was there for, and nothing before its first interval', () => {
  const traffic = new RecentTraffic(300_000);
  expect(traffic.at(301_000)).toMatchObject({ covers: 0, canary: { requests: 0, p50: null } });
  traffic.add(request(311_000, 'canary'));
  expect(traffic.at(321_000)).toMatchObject({ covers: 20_000, canary: { requests: 1 } });
});
