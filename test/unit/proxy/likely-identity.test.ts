import { expect, test } from 'vitest';
import { likelyIdentity } from '../../../src/proxy/likely-identity.ts';

const sample = (headers: Record<string, string>) => ({
  at: 1,
  service: 'web',
  target: '/',
  headers,
});

test.each<[string, Record<string, string>, string[]]>([
  ['PHP', { cookie: 'a=1; PHPSESSID=x' }, ['cookie:PHPSESSID']],
  ['Java', { cookie: 'JSESSIONID=x' }, ['cookie:JSESSIONID']],
  ['Express', { cookie: 'connect.sid=s%3Ax; theme=dark' }, ['cookie:connect.sid']],
  ['Django', { cookie: 'csrftoken=y; sessionid=x' }, ['cookie:sessionid']],
  ['Laravel', { cookie: 'laravel_session=x; XSRF-TOKEN=y' }, ['cookie:laravel_session']],
  ['Rails', { cookie: '_shop_session=x' }, ['cookie:_shop_session']],
  ['a token', { authorization: 'Bearer eyJhbGciOi.eyJzdWIi.x' }, ['jwt:sub']],
  ['a key', { 'x-api-key': 'k' }, ['header:x-api-key']],
  ['nothing', { cookie: 'theme=dark; _ga=1', authorization: 'Basic x' }, []],
])('recognises what names a user: %s', (_, headers, places) => {
  expect(likelyIdentity([sample(headers)])).toEqual(places);
});

test('proposes what many requests have, the most frequent first', () => {
  const samples = [
    ...Array.from({ length: 6 }, () => sample({ cookie: 'sid=1', 'x-api-key': 'k' })),
    ...Array.from({ length: 4 }, () => sample({ cookie: 'sid=1' })),
    sample({ 'x-device-id': 'rare' }),
  ];
  expect(likelyIdentity(samples)).toEqual(['cookie:sid', 'header:x-api-key']);
  expect(likelyIdentity([])).toEqual([]);
});
