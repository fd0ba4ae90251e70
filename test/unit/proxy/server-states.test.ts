import { expect, it } from 'vitest';
import { firstServers, statesAtFirst, trustFirst } from '../../../src/proxy/server-states.ts';

const CONFIGURATION = `global
  log stdout format raw local0 info

backend web
  balance roundrobin
  server stable1 web:3000 weight 256 observe layer4 ssl verify none init-addr last,libc,none
  server-template stable 2-20 web:3000 weight 256

backend web:replicas
  server-template canary 1-20 web-canary:3000 weight 1

backend api
  server stable1 api:80 observe layer4 init-addr last,libc,none
`;
const SERVERS = firstServers(CONFIGURATION);

it('finds the servers that a starting proxy would look up', () => {
  expect(SERVERS).toEqual([
    { backend: 'web', service: 'web', port: '3000', weight: '256', isTls: true },
    { backend: 'api', service: 'api', port: '80', weight: '1', isTls: false },
  ]);
  expect(trustFirst(SERVERS)).toBe(
    'set server web/stable1 health up;set server api/stable1 health up',
  );
});

it('gives each of them an address, so that nothing is looked up', () => {
  const [version, heads = '', ...lines] = statesAtFirst(SERVERS, (service) =>
    service === 'web' ? '172.18.0.3' : undefined,
  ).split('\n');
  const columns = heads.slice(2).split(' ');
  const read = (line: string) =>
    Object.fromEntries(line.split(' ').map((cell, index) => [columns[index], cell]));
  expect(version).toBe('1');
  expect(lines.map((line) => line.split(' ').length)).toEqual([columns.length, columns.length, 1]);
  expect(read(lines[0] ?? '')).toMatchObject({
    be_name: 'web',
    srv_name: 'stable1',
    srv_addr: '172.18.0.3',
    srv_uweight: '256',
    srv_iweight: '256',
    srv_fqdn: 'web',
    srv_port: '3000',
    srv_use_ssl: '1',
  });
  // Not known: an address where nobody answers, until DNS does.
  expect(read(lines[1] ?? '')).toMatchObject({ srv_addr: '192.0.2.1', srv_fqdn: 'api' });
});
