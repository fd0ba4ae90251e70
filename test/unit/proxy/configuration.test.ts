import { describe, expect, test } from 'vitest';
import { type ProxySettings, renderConfiguration } from '../../../src/proxy/configuration.ts';

const SETTINGS: ProxySettings = {
  routes: [
    {
      service: 'frontend',
      clone: 'frontend-canary',
      port: 80,
      entry: { port: 3000, preview: 13_000 },
    },
    { service: 'discounts', clone: 'discounts-canary', port: 5001 },
  ],
  identity: [
    { from: 'header', name: 'X-User-Id' },
    { from: 'cookie', name: 'session' },
  ],
  forceHeader: 'X-Canary',
  owner: { uid: 1000, gid: 1001 },
};

/** The lines of one section. */
function section(title: string, settings = SETTINGS): string[] {
  const found = renderConfiguration(settings)
    .split('\n\n')
    .find((each) => each.startsWith(`${title}\n`));
  return (
    found
      ?.trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.trim()) ?? []
  );
}

describe('an entry', () => {
  const lines = section('frontend frontend:entry');
  const position = (part: string) => lines.findIndex((line) => line.includes(part));

  test('listens on the port users know', () => {
    expect(lines[0]).toBe('bind :3000');
  });

  test('knows users by the configured places in their order, then by a cookie of its own', () => {
    const places = lines.flatMap((line) => /set-var\(txn\.id\) (\S+)/.exec(line)?.[1] ?? []);
    expect(places).toEqual([
      'req.hdr(X-User-Id)',
      'req.cook(session)',
      'req.cook(canary-id)',
      'var(txn.newid)',
    ]);
  });

  test('takes no later place once a user is known', () => {
    const guarded = lines.filter((line) => line.includes('set-var(txn.id)'));
    for (const line of guarded) expect(line).toContain('if !{ var(txn.id) -m found }');
  });

  test('sends buckets below the weight to the canary', () => {
    expect(lines).toContain('http-request set-var(txn.bucket) var(txn.id),xxh32,mod(10000)');
    expect(lines).toContain(
      'http-request set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }',
    );
  });

  test('lets the forced side win over the weight', () => {
    expect(position('sub(txn.weight)')).toBeLessThan(position('req.hdr(X-Canary) -m str canary'));
    expect(position('sub(txn.weight)')).toBeLessThan(position('req.hdr(X-Canary) -m str stable'));
  });

  test('sets its cookie only while a canary has users', () => {
    const cookie = lines.find((line) => line.includes('Set-Cookie'));
    expect(cookie).toContain('{ var(txn.weight) -m int gt 0 }');
  });
});

describe('a backend', () => {
  const lines = section('backend discounts');

  test('reaches the canary by its rule alone: its own weight is 0', () => {
    expect(lines).toContain('server canary discounts-canary:5001 weight 0 init-addr last,none');
    expect(lines).toContain('server stable discounts:5001 weight 1');
    expect(lines).toContain('use-server canary if { var(txn.side) -m str canary }');
  });

  test('never sends a request twice that may have been acted on', () => {
    expect(lines[0]).toBe('http-request disable-l7-retry if !{ method GET HEAD OPTIONS }');
  });
});

describe('a preview', () => {
  test('reaches the canary alone and is counted apart from users', () => {
    expect(section('frontend frontend:preview')[0]).toBe('bind :13000');
    expect(section('backend frontend:preview')).toEqual([
      'server canary frontend-canary:80 no-check init-addr last,none track frontend/canary',
    ]);
  });

  test('is absent where none is asked for', () => {
    const routes = [{ ...SETTINGS.routes[0], entry: { port: 3000, preview: undefined } }];
    const text = renderConfiguration({ ...SETTINGS, routes } as ProxySettings);
    expect(text).not.toContain('preview');
  });
});

test('an inner service is checked and has no port of its own', () => {
  const text = renderConfiguration(SETTINGS);
  expect(text).not.toContain('frontend discounts');
});

test('names that do not resolve do not keep the proxy from starting', () => {
  expect(section('defaults').find((line) => line.startsWith('default-server'))).toContain(
    'init-addr last,libc,none',
  );
  expect(section('resolvers docker')).toContain('nameserver embedded 127.0.0.11:53');
});

test('the admin socket belongs to the user of canary alone', () => {
  expect(section('global')).toContain(
    'stats socket /run/canary/admin.sock mode 600 uid 1000 gid 1001 level admin',
  );
});

test('the same settings give the same text, so that a running proxy is known to be up to date', () => {
  expect(renderConfiguration(structuredClone(SETTINGS))).toBe(renderConfiguration(SETTINGS));
});
