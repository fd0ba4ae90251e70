import { expect, test } from 'vitest';
import { parseRequest } from '../../../src/proxy/request-log.ts';

const GOOD = '1795285577.206 web stable1 200 -- 12 5120 46062 - GET "/a/b%22c"';

test('a request of the stable', () => {
  expect(parseRequest(`${GOOD}\n`)).toEqual({
    ...{ at: 1_795_285_577_206, service: 'web', side: 'stable', user: 46_062, byRule: false },
    ...{ method: 'GET', path: '/a/b%22c', status: 200, failed: false, shielded: false },
    ...{ duration: 12, bytes: 5120 },
  });
});

test.each([
  [
    'a failure',
    '1.000 web:canary canary 500 -- 3 90 7 - GET "/"',
    { side: 'canary', failed: true, shielded: false, duration: 3 },
  ],
  [
    'a failure that the stable answered',
    '1.000 web:canary stable2 200 -- 30 90 7 - GET "/"',
    { side: 'canary', failed: true, shielded: true, duration: undefined, bytes: undefined },
  ],
  [
    'an answer that broke off',
    '1.000 web:canary canary 200 SD 30 90 7 - GET "/"',
    { failed: true },
  ],
  ['a user who left', '1.000 web:canary canary -1 CD 30 0 7 - GET "/"', { failed: false }],
  ['nobody to ask', '1.000 web <NOSRV> 503 SC 0 90 7 - GET "/"', { side: 'stable', failed: true }],
  [
    'a side that a rule chose',
    '1.000 web:canary canary 200 -- 30 90 7 canary GET "/"',
    { byRule: true },
  ],
])('%s', (_, line, expected) => {
  expect(parseRequest(line)).toMatchObject(expected);
});

test.each([
  '',
  'Proxy web started.',
  '1.000 web:entry <NOSRV> 400 PR 0 90 - - <BADREQ> "<BADREQ>"',
])('%j is no request of a user', (line) => {
  expect(parseRequest(line)).toBeUndefined();
});
