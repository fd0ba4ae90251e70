import { describe, expect, test } from 'vitest';
import {
  type Counts,
  countsSince,
  measuredWeight,
  NO_COUNTS,
  totalCounts,
} from '../../../src/proxy/counts.ts';
import {
  armBreaker,
  isTripped,
  openRequests,
  parseStatistics,
} from '../../../src/proxy/statistics.ts';

/** The columns canary reads, among their neighbours, in HAProxy 3.0's order. */
const CSV = `# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,check_status,check_code,hrsp_4xx,hrsp_5xx,last_chk,addr,tracked,cli_abrt,hrsp_2xx,
frontend:entry,FRONTEND,,,4,9,524258,20001,1,2,0,0,0,,,,,OPEN,,,,3,7,,,,
frontend,stable,0,0,2,5,,18993,1,2,,0,,1,0,2,1,UP,1,L4OK,0,10,3,,172.18.0.4:3000,,
frontend,canary,0,0,0,0,,0,1,2,,0,,0,0,0,0,UP 1/2,0,L4OK,0,0,0,,172.18.0.9:3000,,
frontend,BACKEND,0,0,3,6,52426,18993,1,2,0,0,,3,3,2,1,UP,1,,,10,8,,,,
frontend:canary,canary,0,0,1,4,,1007,1,2,,0,,2,3,60,60,UP,0,L4OK,0,0,5,,172.18.0.9:3000,,
frontend:canary,stable,0,0,1,4,,60,1,2,,0,,0,0,0,0,UP,1,,0,0,4,,172.18.0.4:3000,frontend/stable,
frontend:canary,BACKEND,0,0,1,4,52426,1007,1,2,0,0,,2,3,60,60,UP,1,,,10,8,,,,3,981,
frontend:preview,canary,0,0,0,1,,12,1,2,,0,,0,0,0,0,UP,1,,,0,0,,172.18.0.9:3000,frontend/canary,
frontend:preview,BACKEND,0,0,0,1,52426,12,1,2,0,0,,0,0,0,0,UP,1,,,0,0,,,,
discounts,stable,0,0,0,0,,0,0,0,,0,,0,0,0,0,UP,1,* L4OK,0,0,0,"Connection refused, so far",172.18.0.3:5001,,
discounts,canary,0,0,0,0,,0,0,0,,0,,0,0,0,0,MAINT (resolution),0,,,0,0,,,,
`;

const CHECKED = { checked: true, follows: false, requests: 0, failures: 0, open: 0 };

describe('the answer to `show stat`', () => {
  const services = parseStatistics(CSV);

  test('gives both sides of every service and leaves previews out', () => {
    expect(Object.keys(services)).toEqual(['frontend', 'discounts']);
  });

  test('counts 5xx answers, broken answers and failed connections as failures', () => {
    expect(services.frontend).toEqual({
      stable: {
        status: 'UP',
        follows: false,
        checked: true,
        address: '172.18.0.4',
        requests: 18_993,
        failures: 4,
        open: 2,
      },
      canary: { ...CHECKED, status: 'UP 1/2', address: '172.18.0.9' },
      guarded: {
        canary: {
          ...{ ...CHECKED, status: 'UP', address: '172.18.0.9' },
          ...{ requests: 1007, failures: 10, open: 1 },
        },
        stable: {
          ...{ ...CHECKED, status: 'UP', checked: false, follows: true, address: '172.18.0.4' },
          ...{ requests: 60, failures: 4, open: 1 },
        },
        // Eight answers, and four of 1,007 requests that are neither answered, nor open, nor given up by the user.
        met: 12,
      },
    });
  });

  test('shows a server without an address as not checked', () => {
    expect(services.discounts?.canary).toMatchObject({
      status: 'MAINT (resolution)',
      checked: false,
      address: '',
    });
  });

  test('a check that still runs has not passed', () => {
    expect(services.discounts?.stable.checked).toBe(false);
  });

  test('a comma in a quoted column moves no other column', () => {
    expect(services.discounts?.stable.address).toBe('172.18.0.3');
  });

  test('is nothing when HAProxy says nothing', () => {
    expect(parseStatistics('')).toEqual({});
  });

  test('is added over the entries alone', () => {
    // Of 60 requests that the canary failed 4 failed on the stable too, so that users met them.
    const all = {
      ...{ stable: 18_993, canary: 1007 },
      ...{ stableFailures: 4, canaryFailures: 12, shielded: 56 },
    };
    expect(totalCounts(services, ['frontend'])).toEqual(all);
    expect(totalCounts(services, ['frontend', 'unknown'])).toEqual(all);
    expect(totalCounts(services, [])).toEqual(NO_COUNTS);
  });
});

describe('the breaker', () => {
  const canary = (status: string) =>
    parseStatistics(CSV.replace('60,60,UP,', `60,60,${status},`)).frontend;

  test.each([
    ['UP', false],
    ['DOWN', true],
    ['DOWN 12/1000000000', true],
    ['MAINT (resolution)', false],
  ])('has taken a canary out that is %s: %s', (status, expected) => {
    const sides = canary(status);
    expect(sides && isTripped(sides)).toBe(expected);
  });

  test('is not there where the canary only follows its check', () => {
    const csv = CSV.replace(
      '60,60,UP,0,L4OK,0,0,5,,172.18.0.9:3000,,',
      '60,60,DOWN,0,,0,0,5,,172.18.0.9:3000,frontend/canary,',
    );
    const sides = parseStatistics(csv).frontend;
    expect(sides?.guarded?.canary.status).toBe('DOWN');
    expect(sides && isTripped(sides)).toBe(false);
  });

  test('is armed for the users of the canary, not for its check', () => {
    expect(armBreaker('frontend')).toBe('set server frontend:canary/canary health up');
  });
});

test('requests that are open are those of every place a side answers at', () => {
  const sides = parseStatistics(CSV).frontend;
  expect(sides && openRequests(sides, 'stable')).toBe(3);
  expect(sides && openRequests(sides, 'canary')).toBe(1);
});

describe('counts since an earlier look', () => {
  const earlier: Counts = {
    stable: 100,
    canary: 10,
    stableFailures: 5,
    canaryFailures: 1,
    shielded: 0,
  };

  test('are the difference', () => {
    const now = { stable: 150, canary: 20, stableFailures: 5, canaryFailures: 4, shielded: 0 };
    expect(countsSince(now, earlier)).toEqual({
      stable: 50,
      canary: 10,
      stableFailures: 0,
      canaryFailures: 3,
      shielded: 0,
    });
  });

  test.each([
    [
      'fewer requests',
      { stable: 3, canary: 20, stableFailures: 5, canaryFailures: 4, shielded: 0 },
    ],
    ['fewer requests on the canary', { ...earlier, canary: 2 }],
    ['more requests already but fewer failures', { ...earlier, stable: 120, stableFailures: 0 }],
  ])('are everything after a restart of the proxy: %s', (_, now) => {
    expect(countsSince(now, earlier)).toEqual(now);
  });
});

describe('the measured weight', () => {
  const measured = (stable: number, canary: number) =>
    measuredWeight({ ...NO_COUNTS, stable, canary });

  test('is the share of requests in percent, two digits', () => {
    expect(measured(18_993, 1007)).toBe(5.04);
    expect(measured(0, 7)).toBe(100);
    expect(measured(7, 0)).toBe(0);
  });

  test('is unknown without requests: missing data is never a number', () => {
    expect(measured(0, 0)).toBeNull();
  });
});
