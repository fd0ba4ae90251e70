import { expect, test } from 'vitest';
import { headersToRepeat, mayAskAgain } from '../../../../src/analysis/shape/ask-again.ts';

const may = (target: string, exclude: string[] = [], headers = {}) =>
  mayAskAgain({ target, headers }, exclude);

test.each([
  ['/'],
  ['/discount'],
  ['/products/7?sort=price&page=2'],
  ['/orders'],
  ['/address'],
  ['/deleted-scenes'],
  ['/blog/logs'],
])('%s may be requested again', (target) => {
  expect(may(target)).toBe(true);
});

test.each([
  ['/logout'],
  ['/account/log-out'],
  ['/users/sign_out'],
  ['/signOut'],
  ['/SignOut.aspx'],
  ['/%6Cogout'],
  ['/newsletter/unsubscribe/x'],
  ['/items/7/delete'],
  ['/?action=delete&id=7'],
  ['/deleteItem/7'],
  ['/?add-to-cart=7'],
  ['/confirm?token=a'],
  ['/password/reset/a'],
  ['/auth/callback?code=a'],
  ['/cart/checkout'],
])('%s may have an effect and is not requested again', (target) => {
  expect(may(target)).toBe(false);
});

test('paths that canary.yaml excludes and endless streams are not requested again', () => {
  expect(may('/private/a', ['/x', '/private'])).toBe(false);
  expect(may('/events', [], { accept: 'text/event-stream' })).toBe(false);
});

test('a repeated request keeps the headers that identify the user, and drops those of its connection', () => {
  expect(
    headersToRepeat({
      host: 'shop',
      cookie: 'a=1',
      authorization: 'b',
      'accept-language': 'de',
      connection: 'close',
      'if-none-match': 'x',
      'if-modified-since': 'y',
      te: 'trailers',
      'accept-encoding': 'gzip',
      'proxy-authorization': 'z',
      'x-if-any': 'kept',
    }),
  ).toEqual({
    host: 'shop',
    cookie: 'a=1',
    authorization: 'b',
    'accept-language': 'de',
    'accept-encoding': 'identity',
    'x-if-any': 'kept',
  });
});
