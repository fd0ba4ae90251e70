import { expect, test } from 'vitest';
import { parseRequest } from '../../../src/proxy/request-log.ts';

/** A line in the proxy’s format. */
function line(start: string, end: string, who: string, request: string): string {
  const [at, place] = start.split(' ');
  const [status, state, duration, bytes] = end.split(' ');
  return `10.0.0.9:4711 [21/Nov/2026:21:12:57.206] web:entry ${place} 0/0/0/1/${duration} ${status} ${bytes} - - ${state}-- 1/1/0/0/0 0/0 {${at} ${who} cookie} "${request} HTTP/1.1"`;
}

const GOOD = line('1795285577.206 web/stable1', '200 -- 12 5120', '46062 -', 'GET /a/b%22c');

test('a request of the stable', () => {
  expect(parseRequest(`${GOOD}\n`)).toEqual({
    at: 1_795_285_577_206,
    service: 'web',
    side: 'stable',
    user: 46_062,
    identity: 'cookie',
    byRule: false,
    method: 'GET',
    path: '/a/b%22c',
    status: 200,
    failed: false,
    shielded: false,
    byProxy: false,
    duration: 12,
    bytes: 5120,
    onBaseline: false,
  });
});

test.each([
  [
    'a failure',
    line('1.000 web:canary/canary', '500 -- 3 90', '7 -', 'GET /'),
    { side: 'canary', failed: true, shielded: false, duration: 3 },
  ],
  [
    'a failure that the stable answered',
    line('1.000 web:canary/stable2', '200 -- 30 90', '7 -', 'GET /'),
    { side: 'canary', failed: true, shielded: true, duration: undefined, bytes: undefined },
  ],
  [
    'an answer that broke off',
    line('1.000 web:canary/canary', '200 SD 30 90', '7 -', 'GET /'),
    { failed: true },
  ],
  [
    'a user who left',
    line('1.000 web:canary/canary', '-1 CD 30 0', '7 -', 'GET /'),
    { failed: false },
  ],
  [
    'a response that the proxy refused',
    line('1.000 web:canary/canary', '502 PH 30 90', '7 -', 'GET /'),
    { side: 'canary', failed: true, byProxy: true },
  ],
  [
    'nobody to ask',
    line('1.000 web/<NOSRV>', '503 SC 0 90', '7 -', 'GET /'),
    { side: 'stable', failed: true },
  ],
  [
    'a side that a rule chose',
    line('1.000 web:canary/canary', '200 -- 30 90', '7 canary', 'GET /'),
    { byRule: true },
  ],
])('%s', (_, text, expected) => {
  expect(parseRequest(text)).toMatchObject(expected);
});

test.each([
  '',
  'Proxy web started.',
  line('1.000 web:entry/<NOSRV>', '400 PR 0 90', '- -', '<BADREQ>'),
])('%j is not a user’s request', (text) => {
  expect(parseRequest(text)).toBeUndefined();
});

test('a request that the proxy refused in the middle of its body is nobody’s', () => {
  expect(
    parseRequest(line('1.000 web:canary/canary', '400 PD 30 90', '7 -', 'POST /')),
  ).toBeUndefined();
});
