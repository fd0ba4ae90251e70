import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { remoteName } from '../../../src/git/remote-name.ts';
import { parseTargetUrl } from '../../../src/git/target-url.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const ssh = (host: string, path: string, port?: number) => ({ kind: 'ssh', host, port, path });

describe('the address of a deploy repository', () => {
  test.each([
    ['ssh://shop.example/srv/shop.git', ssh('shop.example', '/srv/shop.git')],
    ['ssh://ada@shop.example:2222/srv/a b.git', ssh('ada@shop.example', '/srv/a b.git', 2222)],
    ['ssh://ada@shop.example/~/shop.git', ssh('ada@shop.example', '~/shop.git')],
    ['ssh://[::1]:2222/srv/shop.git', ssh('::1', '/srv/shop.git', 2222)],
    ['ada@shop.example:shop.git', ssh('ada@shop.example', 'shop.git')],
    ['shop:/srv/shop.git', ssh('shop', '/srv/shop.git')],
    ['/srv/shop.git', { kind: 'local', path: '/srv/shop.git' }],
    ['../läden/shop.git', { kind: 'local', path: '../läden/shop.git' }],
    ['./a:b', { kind: 'local', path: './a:b' }],
    ['file:///srv/shop.git', { kind: 'local', path: '/srv/shop.git' }],
  ])('%s', (url, place) => {
    expect(parseTargetUrl(url)).toEqual(place);
  });

  test.each([
    ['a protocol that cannot deploy', 'https://shop.example/shop.git'],
    ['git’s own way of running programs', 'ext::sh -c id'],
    ['an option for ssh as host', 'ssh://-oProxyCommand=id/srv'],
    ['the same in the short form', '-oProxyCommand=id:srv'],
    ['an option as user', 'ssh://-l@host/srv'],
    ['an option', '--upload-pack=id'],
    ['a line break', '/srv/a\nb'],
    ['no path', 'ssh://host'],
    ['nothing', ''],
  ])('%s is rejected', async (_, url) => {
    const error = await refusal(() => parseTargetUrl(url));
    expect(error).toMatchObject({ code: 'remote-unusable', exitCode: 2 });
  });

  test.each([
    'ssh://ada:hunter2@shop.example/srv/shop',
    'https://ada:hunter2@shop.example/shop.git',
    'https://hunter2@shop.example/shop.git',
  ])('with a password is rejected, without repeating the password: %s', async (url) => {
    const error = await refusal(() => parseTargetUrl(url));
    expect(error.code).toBe('remote-unusable');
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
  });

  test('is accepted or rejected, whatever it is, and never makes ssh read a host as an option', () => {
    const part = fc.constantFrom(
      'ssh://',
      '-',
      '@',
      ':',
      '/',
      '[',
      ']',
      'a',
      '$(id)',
      ' ',
      '~',
      '%2d',
      '..',
    );
    const url = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(url, (each) => {
        try {
          const place = parseTargetUrl(each);
          if (place.kind !== 'ssh') return;
          expect(place.host).toMatch(/^[^-\s]/);
          expect(place.host).not.toMatch(/@-|[\s$`;]/);
        } catch (error) {
          expect(error).toBeInstanceOf(CanaryError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the name of a remote', () => {
  test.each(['deploy', 'live-2', 'läden', 'a.b_c'])('%s is accepted', (name) => {
    expect(remoteName(name)).toBe(name);
  });

  test.each([
    '',
    '-x',
    '--upload-pack=id',
    'a b',
    '$(id)',
    '../x',
    '/srv',
    'a..b',
    'a.lock',
    'x.',
    '.x',
    'a\n',
  ])('%j is rejected', async (name) => {
    expect(await refusal(() => remoteName(name))).toMatchObject({ code: 'remote-unusable' });
  });
});
