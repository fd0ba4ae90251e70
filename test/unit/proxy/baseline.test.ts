import { expect, test } from 'vitest';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import { responseTimes, totalCounts } from '../../../src/proxy/counts.ts';
import { parseRequest } from '../../../src/proxy/request-log.ts';
import { openRequests, parseStatistics } from '../../../src/proxy/statistics.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

function configuration(baseline?: string): string[] {
  const entry = { port: 3000, preview: undefined, shield: false, breaker: false } as const;
  return renderConfiguration({
    routes: [{ service: 'web', clone: 'web-canary', port: 80, baseline, entry }],
    identity: [],
    match: [],
    forceHeader: 'X-Canary',
    owner: { uid: 0, gid: 0 },
    tolerance: TOLERANCE,
  }).split('\n');
}

test('a baseline adds three lines to the configuration, only if canary.yaml asks for it', () => {
  const without = configuration();
  const added = configuration('web-baseline').filter((line) => !without.includes(line));
  expect(added.map((line) => line.trim())).toEqual([
    'http-request set-var(txn.baseline) bool(1) if { var(txn.side) -m str stable } !{ var(txn.rule) -m found } { var(txn.bucket),add(txn.weight) -m int ge 10000 }',
    'use-server baseline if { var(txn.baseline) -m found }',
    'server baseline web-baseline:80 weight 0 observe layer4 error-limit 1 on-error mark-down',
  ]);
  expect(without.join()).not.toContain('baseline');
});

const CSV = `# pxname,svname,scur,stot,econ,eresp,status,addr,mode,check_status,rtime,hrsp_5xx,
web,stable1,1,900,0,0,UP,172.18.0.4:80,http,L4OK,10,0,
web,baseline,2,100,1,0,UP,172.18.0.5:80,http,L4OK,20,3,
web,canary,0,0,0,0,no check,unix,http,,0,0,
web:canary,canary,4,50,0,0,UP,unix,http,,30,0,
web:canary,BACKEND,4,50,0,0,UP,,http,,30,0,
web:replicas,replica1,4,50,0,0,UP,172.18.0.6:80,http,L4OK,30,0,
`;

test('users of a baseline count as the stable’s, but it is not among the stable’s containers', () => {
  const services = parseStatistics(CSV);
  expect(services.web?.stable.map(({ address }) => address)).toEqual(['172.18.0.4']);
  expect(services.web?.baseline.map(({ address }) => address)).toEqual(['172.18.0.5']);
  expect(totalCounts(services, ['web'])).toMatchObject({
    stable: 1000,
    stableFailures: 4,
    canary: 50,
  });
  expect(responseTimes(services, ['web']).stable).toBe(11);
});

test('open requests on a baseline are drained before it is removed with the canary', () => {
  const { web } = parseStatistics(CSV);
  expect(web && openRequests(web, 'canary')).toBe(6);
  expect(web && openRequests(web, 'stable')).toBe(1);
});

test.each([
  ['web/baseline', { side: 'stable', onBaseline: true }],
  ['web/stable1', { side: 'stable', onBaseline: false }],
  ['web/<NOSRV>', { side: 'stable', onBaseline: false }],
  ['web:canary/canary', { side: 'canary', onBaseline: false }],
])('a request answered by %s', (place, expected) => {
  const line = `10.0.0.9:1 [21/Nov/2026:21:12:57.206] web:entry ${place} 0/0/0/1/3 200 9 - - ---- 1/1/0/0/0 0/0 {1.000 7 -} "GET / HTTP/1.1"`;
  expect(parseRequest(line)).toMatchObject(expected);
});
