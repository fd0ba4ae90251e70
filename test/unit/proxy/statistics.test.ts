import { describe, expect, test } from 'vitest';
import {
  type Counts,
  countsSince,
  measuredWeight,
  NO_COUNTS,
  responseTimes,
  totalCounts,
} from '../../../src/proxy/counts.ts';
import {
  armBreaker,
  isTripped,
  openConnections,
  openRequests,
  parseStatistics,
  type SideStatistics,
} from '../../../src/proxy/statistics.ts';

/** The columns that canary reads, among their neighbours, in the order of HAProxy 3.0. */
const CSV = `# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,check_status,check_code,hrsp_4xx,hrsp_5xx,last_chk,addr,tracked,cli_abrt,hrsp_2xx,rtime,
frontend:entry,FRONTEND,,,4,9,524258,20001,1,2,0,0,0,,,,,OPEN,,,,3,7,,,,
frontend,stable1,0,0,1,5,,10000,1,2,,0,,1,0,2,1,UP,1,L4OK,0,10,1,,172.18.0.4:3000,,,,4,
frontend,stable2,0,0,1,5,,8993,1,2,,0,,0,0,2,1,UP 1/2,1,L4OK,0,10,2,,172.18.0.5:3000,,,,2,
frontend,stable3,0,0,0,0,,0,1,2,,0,,0,0,0,0,MAINT (resolution),1,,0,0,0,,,,
frontend,canary,0,0,0,0,,0,1,2,,0,,0,0,0,0,no check,0,,0,0,0,,unix,,
frontend,BACKEND,0,0,3,6,52426,18993,1,2,0,0,,3,3,2,1,UP,1,,,10,8,,,,
frontend:canary,canary,0,0,1,4,,1007,1,2,,0,,2,3,60,60,UP,0,L4OK,0,0,5,,unix,,,,7,
frontend:canary,stable1,0,0,1,4,,40,1,2,,0,,0,0,0,0,UP,1,L4OK,0,0,3,,172.18.0.4:3000,,
frontend:canary,stable2,0,0,0,4,,20,1,2,,0,,0,0,0,0,UP,1,L4OK,0,0,1,,172.18.0.5:3000,,
frontend:canary,BACKEND,0,0,1,4,52426,1007,1,2,0,0,,2,3,60,60,UP,1,,,10,8,,,,3,981,
frontend:replicas,FRONTEND,,,4,9,524258,1007,1,2,0,0,0,,,,,OPEN,,,,3,7,,,,
frontend:replicas,replica1,0,0,1,1,,1019,1,2,,0,,0,0,0,0,UP,1,* L4OK,0,0,5,"Connection refused, so far",172.18.0.9:3000,,
frontend:replicas,BACKEND,0,0,1,1,52426,1019,1,2,0,0,,0,0,0,0,UP,1,,,0,5,,,,
discounts,stable1,0,0,0,0,,0,0,0,,0,,0,0,0,0,UP,1,L4OK,0,0,0,,172.18.0.3:5001,,
discounts:replicas,replica1,0,0,0,0,,0,0,0,,0,,0,0,0,0,MAINT (resolution),0,,,0,0,,,,
`;

describe('the answer to `show stat`', () => {
  const services = parseStatistics(CSV);
  const { frontend } = services;

  test('gives both sides of every service, and nothing else', () => {
    expect(Object.keys(services)).toEqual(['frontend', 'discounts']);
    expect(frontend?.stable.map((each) => each.address)).toEqual(['172.18.0.4', '172.18.0.5', '']);
    expect(frontend?.canary.map((each) => each.address)).toEqual(['172.18.0.9']);
  });

  test('counts the connections on which clients may send more', () => {
    const csv = `# pxname,svname,scur,mode,
frontend:entry,FRONTEND,4,http,
frontend,BACKEND,3,http,
frontend:replicas,FRONTEND,2,tcp,
`;
    expect(openConnections(csv)).toBe(4);
    expect(openConnections('')).toBe(0);
  });

  test('counts 5xx answers, broken answers and failed connections as failures', () => {
    expect(frontend?.stable[0]).toEqual({
      status: 'UP',
      checked: true,
      address: '172.18.0.4',
      requests: 10_000,
      failures: 2,
      open: 1,
      responseTime: 4,
    });
    expect(frontend?.users?.whole).toMatchObject({ requests: 1007, failures: 10, open: 1 });
  });

  test('shows what answered in place of the canary, and how many failures users met', () => {
    expect(frontend?.users?.instead.map((each) => each.requests)).toEqual([40, 20]);
    // Eight 5xx responses, and four of 1,007 requests that were not answered, are not open and were not aborted.
    expect(frontend?.users?.met).toBe(12);
    expect(services.discounts?.users).toBeUndefined();
  });

  test('shows a slot without a container as not checked', () => {
    expect(services.discounts?.canary[0]).toMatchObject({
      status: 'MAINT (resolution)',
      checked: false,
      address: '',
    });
  });

  test('treats a running check as not passed, and a comma in a quoted column as part of it', () => {
    expect(frontend?.canary[0]).toMatchObject({ checked: false, address: '172.18.0.9' });
  });

  test('is empty if HAProxy answers nothing', () => {
    expect(parseStatistics('')).toEqual({});
  });

  test('is summed over the entries only', () => {
    // Of 60 requests that the canary failed, 4 failed on the stable too, so that users met them.
    const all = {
      stable: 18_993,
      canary: 1007,
      stableFailures: 4,
      canaryFailures: 12,
      shielded: 56,
      assets: 0,
    };
    expect(totalCounts(services, ['frontend'])).toEqual(all);
    expect(totalCounts(services, ['frontend', 'unknown'])).toEqual(all);
    expect(totalCounts(services, [])).toEqual(NO_COUNTS);
  });
});

test('assets count when the other side was asked, not when the user’s own side had them', () => {
  const row = (backend: string, server: string, requests: number) =>
    `frontend:${backend}-assets,${server},0,0,0,0,,${requests},1,2,,0,,0,0,0,0,UP,1,,,0,0,,,,`;
  const rows = [
    row('canary', 'canary', 20),
    row('canary', 'stable1', 7),
    row('stable', 'stable1', 300),
    row('stable', 'canary', 5),
  ];
  const services = parseStatistics(`${CSV}${rows.join('\n')}\n`);
  expect(totalCounts(services, ['frontend']).assets).toBe(12);
});

test('the patient server counts for the stable, but is none of its containers', () => {
  const patient =
    'frontend,patient,0,0,2,2,,30,1,2,,0,,4,0,0,0,no check,1,,0,0,1,,172.18.0.4:3000,,';
  const { frontend } = parseStatistics(`${CSV}${patient}\n`);
  expect(frontend?.stable).toHaveLength(3);
  expect(frontend && openRequests(frontend, 'stable')).toBe(5);
  const counts = totalCounts({ frontend: frontend as SideStatistics }, ['frontend']);
  expect(counts).toMatchObject({ stable: 19_023, stableFailures: 9 });
});

test('connections to the canary of a service without a stable count for the canary', () => {
  const row = (backend: string, open: number, requests: number) =>
    `${backend},BACKEND,${open},${requests},0,0,0,UP,tcp,`;
  const csv = `# pxname,svname,scur,stot,econ,eresp,hrsp_5xx,status,mode,
raw,stable1,0,9,0,0,0,DOWN,tcp,
${row('raw:canary', 1, 20)}
${row('raw:without-stable', 3, 5)}
raw:replicas,replica1,0,0,0,0,0,UP,tcp,
`;
  const { raw } = parseStatistics(csv);
  expect(raw && openRequests(raw, 'canary')).toBe(4);
  expect(totalCounts({ raw: raw as SideStatistics }, ['raw']).canary).toBe(25);
});

describe('the breaker', () => {
  const canary = (status: string) =>
    parseStatistics(CSV.replace('60,60,UP,', `60,60,${status},`)).frontend;

  test.each([
    ['UP', false],
    ['DOWN', true],
    ['DOWN 12/1000000000', true],
    ['no check', false],
  ])('is tripped if the canary is %s: %s', (status, expected) => {
    const sides = canary(status);
    expect(sides && isTripped(sides)).toBe(expected);
  });

  test('is armed for the users of the canary, not for its check', () => {
    expect(armBreaker('frontend')).toEqual([
      'clear table frontend:canary-failures',
      'set server frontend:canary/canary health up',
    ]);
  });
});

test('open requests include those at every place where a side answers', () => {
  const sides = parseStatistics(CSV).frontend;
  expect(sides && openRequests(sides, 'stable')).toBe(3);
  expect(sides && openRequests(sides, 'canary')).toBe(1);
});

describe('counts since an earlier reading', () => {
  const earlier: Counts = {
    stable: 100,
    canary: 10,
    stableFailures: 5,
    canaryFailures: 1,
    shielded: 0,
    assets: 0,
  };

  test('are the difference', () => {
    const now = {
      stable: 150,
      canary: 20,
      stableFailures: 5,
      canaryFailures: 4,
      shielded: 0,
      assets: 0,
    };
    expect(countsSince(now, earlier)).toEqual({
      stable: 50,
      canary: 10,
      stableFailures: 0,
      canaryFailures: 3,
      shielded: 0,
      assets: 0,
    });
  });

  test.each([
    [
      'fewer requests',
      { stable: 3, canary: 20, stableFailures: 5, canaryFailures: 4, shielded: 0, assets: 0 },
    ],
    ['fewer requests on the canary', { ...earlier, canary: 2 }],
    ['more requests already but fewer failures', { ...earlier, stable: 120, stableFailures: 0 }],
  ])('are everything since a restart of the proxy: %s', (_, now) => {
    expect(countsSince(now, earlier)).toEqual(now);
  });
});

describe('the measured weight', () => {
  const measured = (stable: number, canary: number) =>
    measuredWeight({ ...NO_COUNTS, stable, canary });

  test('is the share of requests in percent, with two digits', () => {
    expect(measured(18_993, 1007)).toBe(5.04);
    expect(measured(0, 7)).toBe(100);
    expect(measured(7, 0)).toBe(0);
  });

  test('is unknown without requests: missing data is never a number', () => {
    expect(measured(0, 0)).toBeNull();
  });
});

test('response times are means per side, weighted by requests', () => {
  const times = responseTimes(parseStatistics(CSV), ['frontend']);
  // Of 10,000 requests of 4 ms and 8,993 of 2 ms.
  expect(times).toEqual({ stable: 3.1, canary: 7 });
  expect(responseTimes({}, ['frontend'])).toEqual({ stable: null, canary: null });
});
