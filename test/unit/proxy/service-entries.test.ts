import { describe, expect, test } from 'vitest';
import { type ProxySettings, renderConfiguration } from '../../../src/proxy/configuration.ts';
import type { Route } from '../../../src/proxy/route.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

const PROTECTION = {
  preview: undefined,
  shield: false,
  breaker: { failures: 5, paths: [] },
} as const;

function hop(service: string, port = 3000, hops = [service]): Route {
  return {
    service,
    clone: `${service}-canary`,
    port,
    hops,
    entry: { ...PROTECTION, port, from: 'services' },
  };
}

const WEB: Route = {
  service: 'web',
  clone: 'web-canary',
  port: 3000,
  entry: { ...PROTECTION, port: 80, preview: 81, from: 'users' },
};

function rendered(routes: readonly Route[], rest: Partial<ProxySettings> = {}): string {
  return renderConfiguration({
    routes,
    identity: [],
    match: [],
    forceHeader: 'X-Side',
    owner: { uid: 0, gid: 0 },
    tolerance: TOLERANCE,
    ...rest,
  });
}

function section(title: string, text: string): string[] {
  const found = text.split('\n\n').find((each) => each.startsWith(`${title}\n`)) ?? '';
  return found.split('\n').map((line) => line.trim());
}

describe('without split calls', () => {
  test('requests stay unchanged', () => {
    expect(rendered([WEB])).not.toMatch(/baggage|set-header X-Canary|hops:/);
  });
});

describe('with split calls', () => {
  const text = rendered([WEB, hop('api')]);

  test.each([
    ['frontend web:entry', '%[var(txn.told)]'],
    ['frontend web:preview', 'canary'],
    ['frontend hops:3000', '%[var(txn.told)]'],
  ])('%s tells the service the side', (title, side) => {
    const lines = section(title, text);
    expect(lines).toContain(`http-request set-header X-Side ${side}`);
    expect(lines).toContain(
      `http-request replace-value baggage '^[[:blank:]]*canary[[:blank:]]*=.*$' 'canary=${side}'`,
    );
  });

  test('an entry ignores baggage from outside', () => {
    expect(section('frontend web:entry', text).join('\n')).not.toMatch(/txn\.rule.*baggage/);
  });

  test('a hop uses the request first, then the weight, and the off switch above all', () => {
    const lines = section('frontend hops:3000', text).join('\n');
    const order = [
      'sub(txn.weight)',
      'req.hdr(baggage)',
      'req.hdr(X-Side)',
      'var(txn.rule) if',
      'lt 0 }\n',
    ];
    const places = order.map((each) => lines.lastIndexOf(`${each}`));
    expect(places[0]).toBeLessThan(places[1] ?? 0);
    expect(places).not.toContain(-1);
    expect(lines).toContain('set-var(txn.side) str(stable) if { var(txn.weight) -m int lt 0 }');
  });

  test('a hop sets no cookie and does not use the address as identity', () => {
    const identity = [{ from: 'header', name: 'X-User' }, { from: 'source' }] as const;
    const lines = section('frontend hops:3000', rendered([WEB, hop('api')], { identity })).join(
      '\n',
    );
    expect(lines).toContain('set-var(txn.id) req.hdr(X-User)');
    expect(lines).not.toMatch(/Set-Cookie|set-var\(txn\.id\) src/);
  });

  test('a single service on a port needs no name; several are distinguished by name', () => {
    expect(section('frontend hops:3000', text)).toContain('default_backend api');
    const lines = section(
      'frontend hops:3000',
      rendered([WEB, hop('api', 3000, ['api', 'api.internal']), hop('ads')]),
    );
    expect(lines).toContain(
      "http-request set-var(txn.called) str(api) if { req.hdr(host),host_only -m str -i -- 'api' 'api.internal' }",
    );
    expect(lines).toContain('use_backend ads if { var(txn.called) -m str -- ads }');
    expect(lines.filter((line) => line.startsWith('default_backend'))).toEqual([]);
    expect(lines.join('\n')).toContain('status 421');
  });

  test('each port has its own section', () => {
    const two = rendered([WEB, hop('api'), hop('ads', 5002)]);
    expect(section('frontend hops:5002', two)).toContain('bind :5002');
  });
});

describe('behind another proxy', () => {
  const edge: Route = { ...WEB, entry: { ...PROTECTION, port: 3000, from: 'edge' } };
  const identity = [{ from: 'source' }] as const;
  const text = rendered([edge], { identity });

  test('users are identified by the address that it reports', () => {
    const lines = section('frontend web:entry', text);
    const places = lines.flatMap((line) => /set-var\(txn\.address\) (\S+)/.exec(line)?.[1] ?? []);
    expect(places).toEqual(['src', 'req.hdr_ip(X-Forwarded-For,1)']);
    expect(lines.join('\n')).toContain('Set-Cookie');
  });

  test.each(['frontend web:entry', 'backend web', 'backend web:canary'])(
    '%s keeps the reported address',
    (title) => {
      expect(section(title, text)).toContain('option forwardfor if-none');
    },
  );

  test('a published entry adds the address, whatever a client sends', () => {
    expect(section('backend web', rendered([WEB]))).not.toContain('option forwardfor if-none');
  });
});
