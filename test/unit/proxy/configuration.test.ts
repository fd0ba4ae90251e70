import { describe, expect, test } from 'vitest';
import { type ProxySettings, renderConfiguration } from '../../../src/proxy/configuration.ts';
import type { Route } from '../../../src/proxy/route.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

const ENTRY = {
  port: 3000,
  preview: 13_000,
  shield: { maxShare: 20, paths: [] },
  breaker: { failures: 5, paths: [] },
};

const SETTINGS: ProxySettings = {
  routes: [
    {
      service: 'frontend',
      clone: 'frontend-canary',
      port: 80,
      entry: ENTRY,
    },
    { service: 'discounts', clone: 'discounts-canary', port: 5001 },
  ],
  identity: [
    { from: 'header', name: 'X-User-Id' },
    { from: 'cookie', name: 'session' },
  ],
  match: [],
  forceHeader: 'X-Canary',
  owner: { uid: 1000, gid: 1001 },
  tolerance: TOLERANCE,
};

/** The same settings with a changed entry. */
function withEntry(change: Partial<NonNullable<Route['entry']>>): ProxySettings {
  const frontend = { service: 'frontend', clone: 'frontend-canary', port: 80 };
  return { ...SETTINGS, routes: [{ ...frontend, entry: { ...ENTRY, ...change } }] };
}

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

test.each([
  ['of a proxy that starts as root drop to HAProxy’s own user', true],
  ['of another cannot', false],
])('workers %s', (_, drops) => {
  const lines = section('global', { ...SETTINGS, startsAsRoot: drops });
  expect(lines.filter((line) => /^(user|group) /.test(line))).toEqual(
    drops ? ['user haproxy', 'group haproxy'] : [],
  );
});

test('no line of the log contains a query', () => {
  const formats = renderConfiguration(SETTINGS).match(/.*(log-format|option httplog).*/g) ?? [];
  expect(formats).toHaveLength(1);
  expect(formats[0]).not.toMatch(/%(\{[^}]*\})?(r|HU|HQ)\b/);
});

describe('an entry', () => {
  const lines = section('frontend frontend:entry');

  test('listens on the port users know', () => {
    expect(lines[0]).toBe('bind :3000');
  });

  test('identifies users by the configured places in order, then by a cookie of its own', () => {
    const places = lines.flatMap((line) => /set-var\(txn\.id\) (\S+)/.exec(line)?.[1] ?? []);
    expect(places).toEqual([
      'req.hdr(X-User-Id)',
      'req.cook(session)',
      'req.cook(canary-id)',
      'uuid()',
    ]);
  });

  test('ignores later places once a user is identified', () => {
    const guarded = lines.filter((line) => line.includes('set-var(txn.id)'));
    for (const line of guarded) expect(line).toContain('if !{ var(txn.id) -m found }');
  });

  test('sends buckets below the weight to the canary', () => {
    expect(lines).toContain('http-request set-var(txn.bucket) var(txn.id),xxh32,mod(10000)');
    expect(lines).toContain(
      'http-request set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }',
    );
  });

  test('prefers rules to the weight, the forced side to rules, and the off switch to all', () => {
    const order = [
      'sub(txn.weight)',
      'str(canary) if !{ var(txn.rule) -m found } match_0_0',
      'req.hdr(X-Canary) -m str canary',
      'req.hdr(X-Canary) -m str stable',
      'set-var(txn.side) var(txn.rule)',
      'str(stable) if { var(txn.weight) -m int lt 0 }',
      'str(canary) if { var(txn.weight) -m int gt 10000 }',
      'use_backend',
    ];
    const found = section('frontend frontend:entry', {
      ...SETTINGS,
      match: [{ path: '/new', side: 'canary' }],
    });
    const positions = order.map((part) => found.findIndex((line) => line.includes(part)));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual([...positions].sort((left, right) => left - right));
  });

  test('is closed to the canary if no split is known', () => {
    expect(lines).toContain(
      'http-request set-var(txn.weight) str(weight),map_str_int(/run/canary/weights.map,-1)',
    );
  });

  test('looks users up where the first list is, and contains no user', () => {
    const found = section('frontend frontend:entry', {
      ...SETTINGS,
      match: [
        { path: '/new', side: 'canary' },
        { user: ['ada'], side: 'canary' },
        { user: ['eve'], side: 'stable' },
      ],
    });
    const lookUps = found.filter((line) => line.includes('users.map'));
    expect(lookUps).toHaveLength(1);
    expect(found.join()).not.toMatch(/ada|eve/);
  });

  test('sets its cookie only while the canary has users', () => {
    const cookie = lines.find((line) => line.includes('Set-Cookie'));
    expect(cookie).toContain('{ var(txn.weight) -m int gt 0 }');
  });
});

describe('a backend', () => {
  const lines = section('backend discounts');

  test('has slots for the containers of either side, balanced alike', () => {
    const place = 'discounts:5001 weight 1 observe layer4 error-limit 3 on-error mark-down';
    expect(lines).toContain(`server stable1 ${place} init-addr last,libc,none`);
    expect(lines).toContain(`server-template stable 2-20 ${place}`);
    expect(section('backend discounts:replicas')).toEqual([
      'server-template replica 1-20 discounts-canary:5001 weight 1',
    ]);
  });

  test('never repeats a request that may have had an effect', () => {
    expect(lines[0]).toBe('http-request disable-l7-retry if !{ method GET HEAD OPTIONS }');
  });
});

describe('the users of the canary', () => {
  const GUARDED = 'backend frontend:canary';
  const lines = section(GUARDED);
  const guarded = (change: Partial<NonNullable<Route['entry']>>) =>
    section(GUARDED, withEntry(change));

  test('have their own backend, unless the canary is gone or taken out', () => {
    expect(section('frontend frontend:entry')).toContain(
      'use_backend frontend:canary if { var(txn.side) -m str canary } { nbsrv(frontend:replicas) gt 0 } { srv_is_up(frontend:canary/canary) }',
    );
    expect(lines).toContain('use-server unwatched if TRUE');
  });

  test('stay on a canary that was taken out while there is no stable', () => {
    expect(section('backend frontend')).toContain(
      'use-server canary if { var(txn.side) -m str canary } { nbsrv(frontend:alive) eq 0 } { nbsrv(frontend:without-stable) gt 0 }',
    );
  });

  test('are shielded if that is safe: once, without a body, within the share', () => {
    const once = lines.filter((line) => line.startsWith('http-request disable-l7-retry'));
    expect(once).toEqual([
      'http-request disable-l7-retry if !{ method GET HEAD OPTIONS }',
      'http-request disable-l7-retry if { req.hdr_val(content-length) gt 0 } || { req.hdr(transfer-encoding) -m found }',
      'http-request disable-l7-retry if { nbsrv(frontend:alive) eq 0 }',
      'http-request disable-l7-retry if { sc_gpc_rate(1,0) ge 5 } { sc_gpc_rate(1,0),sub(txn.shieldable) -m int ge 0 }',
    ]);
    expect(lines).toContain('retries 1');
    expect(lines).toContain(
      'http-request set-var(txn.shieldable) sc_gpc_rate(0,0),mul(2000),div(10000)',
    );
  });

  test('are shielded on the chosen paths only', () => {
    expect(guarded({ shield: { maxShare: 0.5, paths: ['/api', '/img/'] } })).toEqual(
      expect.arrayContaining([
        'http-request set-var(txn.chosen) bool(1) if { path_beg /api }',
        'http-request set-var(txn.chosen) bool(1) if { path_beg /img/ }',
        'http-request disable-l7-retry if !{ var(txn.chosen) -m found }',
        'http-request set-var(txn.shieldable) sc_gpc_rate(0,0),mul(50),div(10000)',
      ]),
    );
  });

  test('are not shielded if the shield is off', () => {
    const text = guarded({ shield: false }).join('\n');
    expect(text).not.toMatch(/retry-on (?!none)|stick-table|gpc/);
  });

  test('leave the canary after this many failures in a row, until `resume`', () => {
    const lines = guarded({ breaker: { failures: 7, paths: [] } });
    expect(lines.filter((line) => /^server canary|^use-server/.test(line))).toEqual([
      'server canary abns@frontend:replicas:bytes max-reuse 20 pool-purge-delay 2s weight 0 addr 127.0.0.1 port 3000 inter 1d fastinter 1d downinter 1d rise 1000000000 fall 1 observe layer7 error-limit 1 on-error mark-down',
      'use-server canary if { sc_tracked(2) } { sc_get_gpt(0,2) ge 6 }',
      'use-server unwatched if TRUE',
    ]);
  });

  test('leave it only for failures on the chosen paths', () => {
    const lines = guarded({ breaker: { failures: 7, paths: ['/pay', '/api/'] } });
    expect(lines.filter((line) => /watched|use-server/.test(line))).toEqual([
      'server unwatched abns@frontend:replicas:bytes max-reuse 20 pool-purge-delay 2s weight 0 no-check',
      'http-request set-var(txn.watched) bool(1) if { path_beg /pay }',
      'http-request set-var(txn.watched) bool(1) if { path_beg /api/ }',
      'http-request track-sc2 int(1) table frontend:canary-failures if { var(txn.watched) -m found }',
      'use-server canary if { sc_tracked(2) } { sc_get_gpt(0,2) ge 6 }',
      'use-server unwatched if TRUE',
    ]);
  });

  test('stay on a failing canary if the breaker is off', () => {
    const server = guarded({ breaker: false }).find((line) => /^server canary/.test(line));
    expect(server).toBe(
      'server canary abns@frontend:replicas:bytes max-reuse 20 pool-purge-delay 2s weight 0 no-check',
    );
  });
});

describe('the containers of a canary', () => {
  const lines = section('backend frontend:replicas');

  test('count as one server for its users, so that a repeated request goes to the stable', () => {
    expect(section('frontend frontend:replicas')).toEqual([
      ...['mode tcp', 'bind abns@frontend:replicas:bytes', 'no log'],
      'use_backend frontend:without-stable if { nbsrv(frontend:alive) eq 0 }',
      'default_backend frontend:replicas',
    ]);
    expect(lines[0]).toBe('mode tcp');
  });

  test('are taken out one by one as soon as they accept no connection', () => {
    expect(lines.at(-1)).toBe(
      'server-template replica 1-20 frontend-canary:80 weight 1 observe layer4 error-limit 1 on-error mark-down',
    );
  });
});

describe('a preview', () => {
  test('reaches the containers of the canary without counting or protecting users', () => {
    const lines = section('frontend frontend:preview');
    expect(lines[0]).toBe('bind :13000');
    expect(lines.at(-1)).toBe('default_backend frontend:alone');
    expect(section('backend frontend:alone').at(-1)).toMatch(/^server canary abns@/);
    expect(lines[1]).toContain('if { nbsrv(frontend:replicas) eq 0 }');
  });

  test('is absent if canary.yaml asks for none', () => {
    expect(renderConfiguration(withEntry({ preview: undefined }))).not.toContain('preview');
  });
});

test('an internal service has no port of its own', () => {
  const text = renderConfiguration(SETTINGS);
  expect(text).not.toContain('frontend discounts');
});

test('Prometheus is answered only if canary.yaml asks for it', () => {
  const title = 'frontend proxy:metrics';
  expect(section(title)).toEqual([]);
  expect(section(title, { ...SETTINGS, metricsPort: 8405 })).toEqual([
    'bind :8405',
    'no log',
    'http-request use-service prometheus-exporter if { path /metrics }',
    'http-request return status 404 content-type text/plain string "It is at /metrics.\\n"',
  ]);
});

test('names that do not resolve do not stop the proxy from starting', () => {
  expect(section('defaults').find((line) => line.startsWith('default-server'))).toContain(
    'init-addr last,none',
  );
  expect(section('resolvers docker')).toContain('nameserver embedded 127.0.0.11:53');
});

test('the admin socket belongs to canary’s user only', () => {
  expect(section('global')).toContain(
    'stats socket /run/canary/admin.sock mode 600 uid 1000 gid 1001 level admin',
  );
});

test('the same settings give the same text, so that an up-to-date proxy is recognised', () => {
  expect(renderConfiguration(structuredClone(SETTINGS))).toBe(renderConfiguration(SETTINGS));
});
