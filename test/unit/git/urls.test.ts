import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutPasswords } from '../../../src/git/urls.ts';

test.each([
  ["fatal: 'https://ada:s3@cret@example.com/x.git' no", "fatal: 'https://example.com/x.git' no"],
  ['ssh://ada:pw@host:22/x and http://b:c@d', 'ssh://host:22/x and http://d'],
  ['ssh://git@host/x', 'ssh://git@host/x'],
  ['https://ghp_token@host/x', 'https://host/x'],
  ['git@host:x.git', 'git@host:x.git'],
  ['/srv/a:b@c', '/srv/a:b@c'],
])('%s', (text, clean) => {
  expect(withoutPasswords(text)).toBe(clean);
});

test('no password of letters and symbols gets through', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9%:@_.~!$&*+,;=-]{1,12}$/);
  fc.assert(
    fc.property(word, word, (user, password) => {
      const clean = withoutPasswords(
        `fatal: unable to access 'https://${user}:${password}@host.example/'`,
      );
      expect(clean).toBe("fatal: unable to access 'https://host.example/'");
    }),
  );
});
