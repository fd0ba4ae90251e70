import { describe, expect, test } from 'vitest';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import { totalCounts } from '../../../src/proxy/counts.ts';
import { isTripped, openRequests, parseStatistics } from '../../../src/proxy/statistics.ts';
import { PLAIN, type Transport } from '../../../src/proxy/transport.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

const FILES = {
  certificate: '/etc/canary/0/a b.pem',
  key: "/etc/canary/0/it's.key",
  fingerprint: 'AA:BB',
};

function configured(transport: Partial<Transport>): string {
  const entry = {
    port: 443,
    preview: 8443,
    shield: false,
    breaker: { failures: 5, paths: [] },
  } as const;
  return renderConfiguration({
    routes: [
      {
        service: 'web',
        clone: 'web-canary',
        port: 80,
        entry: { ...entry, transport: { ...PLAIN, ...transport } },
      },
    ],
    identity: [],
    match: [],
    forceHeader: 'X-Canary',
    owner: { uid: 0, gid: 0 },
    tolerance: TOLERANCE,
  });
}

const linesOf = (configuration: string, beginning: string) =>
  configuration
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(beginning));

const serversOf = (configuration: string) =>
  linesOf(configuration, 'server').filter((line) => /^server(-template)? /.test(line));
/** Servers that are containers, and are checked. */
const containersOf = (configuration: string) =>
  serversOf(configuration).filter((line) => !/ abns@| no-check/.test(line));
const patientOf = (configuration: string) => linesOf(configuration, 'server patient ');

describe('the protocol of an entry', () => {
  test('is plain HTTP by default', () => {
    const configuration = configured({});
    expect(configuration).not.toMatch(
      /crt-store|streams|proto h2|ssl verify|bind :\d+ accept-proxy/,
    );
  });

  test('is set for every server of an HTTP/2 service, except those for raw bytes', () => {
    const configuration = configured({ protocol: 'http2' });
    const servers = serversOf(configuration).filter((line) => !line.includes(' track '));
    const others = servers.filter((line) => !line.includes(' proto h2'));
    expect(others.filter((line) => !line.startsWith('server-template replica '))).toEqual([]);
    const whole = servers.filter((line) => line.startsWith('server canary '));
    expect(whole).toHaveLength(3);
    expect(whole.filter((line) => !line.includes('proto h2 max-reuse 0'))).toEqual([]);
    // One way in and out of each section that calls pass through.
    expect(linesOf(configuration, 'timeout client 24h')).toHaveLength(1);
    expect(linesOf(configuration, 'timeout server 24h')).toHaveLength(3);
  });

  test('is TLS that ends with the configured files, and nowhere else', () => {
    const configuration = configured({ certificate: FILES, reencrypt: true });
    expect(configuration).toContain(
      `crt-store canary\n  # web: SHA-256 AA:BB\n  load crt '/etc/canary/0/a b.pem' key '/etc/canary/0/it'"'"'s.key' alias web\n`,
    );
    const tls = 'ssl crt @canary/web alpn h2,http/1.1 ssl-min-ver TLSv1.2';
    expect(linesOf(configuration, 'bind :')).toEqual([`bind :443 ${tls}`, `bind :8443 ${tls}`]);
    const containers = containersOf(configuration);
    expect(containers.filter((line) => !line.includes('ssl verify none'))).toEqual([]);
    expect(patientOf(configuration)).toEqual([expect.stringContaining(' ssl verify none')]);
    const told = 'http-request set-header X-Forwarded-Proto';
    const line = `${told} https if !{ var(txn.front) -m found }`;
    expect(linesOf(configuration, told)).toEqual([line, line]);
  });

  test('changes with a renewed certificate of the same name', () => {
    const renewed = { ...FILES, fingerprint: 'CC:DD' };
    expect(configured({ certificate: renewed })).not.toBe(configured({ certificate: FILES }));
  });

  test('accepts the client’s address at the entry, not at the preview, and sends it to containers', () => {
    const configuration = configured({ proxyProtocol: { accept: true, send: true } });
    expect(linesOf(configuration, 'bind :')).toEqual(['bind :443 accept-proxy', 'bind :8443']);
    const containers = containersOf(configuration);
    expect(containers.filter((line) => !line.includes(' check-send-proxy'))).toEqual([]);
    expect(patientOf(configuration)).toEqual([expect.stringMatching(/ send-proxy-v2$/)]);
  });

  test.each(['tcp', 'tls'] as const)('has no line of HTTP for %s', (protocol) => {
    const configuration = configured({ protocol });
    const own = configuration
      .split('\n\n')
      .filter((part) => /^(frontend|backend) web/.test(part))
      .map((part) => [part.split('\n')[0], part] as const);
    expect(own).toHaveLength(7);
    for (const [title, part] of own) {
      expect(title).toMatch(/ from streams$/);
      expect(part).not.toMatch(/http|retry/);
    }
  });

  test('closes and opens the canary for bytes as for requests', () => {
    const rules = linesOf(configured({ protocol: 'tls', sni: ['a.b'] }), 'tcp-request content');
    const order = [
      'sub(txn.weight)',
      'str(stable) if !{ var(txn.named) -m found }',
      'str(stable) if { var(txn.weight) -m int lt 0 }',
      'str(canary) if { var(txn.weight) -m int gt 10000 }',
      'ge 10000 } { nbsrv(web:alive) eq 0 }',
    ];
    const positions = order.map((part) => rules.findIndex((line) => line.includes(part)));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual([...positions].sort((left, right) => left - right));
  });
});

describe('the counts of raw bytes', () => {
  const CSV = `# pxname,svname,scur,stot,econ,eresp,status,check_status,hrsp_5xx,addr,cli_abrt,hrsp_2xx,mode,
web,stable1,3,90,0,1,UP,L4OK,,172.18.0.4:80,0,,tcp,
web,BACKEND,3,90,0,1,UP,,,,0,,tcp,
web:canary,replica1,2,40,0,0,UP,L4OK,,172.18.0.9:80,0,,tcp,
web:canary,replica2,1,30,0,2,UP,L4OK,,172.18.0.8:80,0,,tcp,
web:canary,stable1,1,5,0,0,UP,L4OK,,172.18.0.4:80,0,,tcp,
web:canary,BACKEND,4,72,1,2,UP,,,,0,,tcp,
web:replicas,replica1,0,7,0,0,UP,L4OK,,172.18.0.9:80,0,,tcp,
web:replicas,BACKEND,0,7,0,0,UP,,,,0,,tcp,
`;
  const { web } = parseStatistics(CSV);
  if (!web) throw new Error('web is there');

  test('are connections of users, each counted once with its outcome', () => {
    expect(totalCounts({ web }, ['web'])).toEqual({
      stable: 90,
      canary: 72,
      stableFailures: 1,
      canaryFailures: 3,
      shielded: 5,
      assets: 0,
    });
  });

  test('are open on the side that has the connection, whichever side it was meant for', () => {
    expect([openRequests(web, 'stable'), openRequests(web, 'canary')]).toEqual([4, 3]);
  });

  test('trip no breaker', () => {
    expect(isTripped(web)).toBe(false);
  });
});
