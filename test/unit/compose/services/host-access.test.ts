import { describe, expect, test } from 'vitest';
import type { ComposeModel, ComposeService } from '../../../../src/compose/model/model.ts';
import { type AccessSide, newHostAccess } from '../../../../src/compose/services/host-access.ts';

const NOTHING: ComposeService = {};

function sideOf(web: object, rest: Partial<ComposeModel> = {}, reads: string[] = []): AccessSide {
  const outside = (path: string) => (path.startsWith('/srv/shop/') ? undefined : path);
  return {
    model: { name: 'shop', services: { web: web as ComposeService }, ...rest },
    reads,
    outside,
  };
}

const bind = (source: string, read_only?: true) => ({
  type: 'bind',
  source,
  target: '/x',
  ...(read_only ? { read_only } : {}),
});

const beyond = (branch: object, stable: object = NOTHING) =>
  newHostAccess(sideOf(branch), sideOf(stable));

describe('what a service of a branch has beyond the stable', () => {
  test.each<[object, string]>([
    [{ volumes: [bind('/')] }, '/'],
    [{ volumes: [bind('/var/run/docker.sock', true)] }, '/var/run/docker.sock (read-only)'],
    [{ volumes: [{ type: 'cluster', source: 'x', target: '/x' }] }, '`cluster` mounts'],
    [{ privileged: true }, '`privileged`'],
    [{ cap_add: ['SYS_ADMIN'] }, '`cap_add`'],
    [{ use_api_socket: true }, '`use_api_socket`'],
    [{ network_mode: 'host' }, '`network_mode`'],
    [{ pid: 'container:other' }, '`pid`'],
    [{ devices: [{ source: '/dev/sda' }] }, '`devices`'],
    [{ post_start: [{ command: ['x'], privileged: true }] }, '`post_start`'],
    [{ build: { context: '/etc' } }, 'a build from /etc'],
    [{ build: { context: '/srv/shop/a', dockerfile: '/etc/shadow' } }, 'a build from /etc/shadow'],
    [{ build: { context: '/srv/shop/a', network: 'host' } }, '`build.network`'],
    [{ build: { context: '/srv/shop/a', ssh: ['default'] } }, '`build.ssh`'],
    [{ a_field_of_next_year: 1 }, '`a_field_of_next_year`'],
    [
      { deploy: { resources: { reservations: { devices: [{}] } } } },
      '`deploy.resources.reservations.devices`',
    ],
  ])('%j', (service, expected) => {
    expect(beyond(service)).toEqual([`\`web\` has ${expected}`]);
    expect(beyond(service, service)).toEqual([]);
  });

  test('is nothing of the project’s own', () => {
    const volumes = [bind('/srv/shop/data'), { type: 'volume', source: 'data', target: '/d' }];
    expect(beyond({ volumes, network_mode: 'service:api', environment: { A: '1' } })).toEqual([]);
  });

  test('is only what exceeds it: writing, other folders, further capabilities', () => {
    const stable = { volumes: [bind('/data', true), bind('/log')], cap_add: ['NET_ADMIN'] };
    expect(beyond({ volumes: [bind('/data/in', true), bind('/log/a')] }, stable)).toEqual([]);
    expect(beyond({ volumes: [bind('/data'), bind('/logs')] }, stable)).toEqual([
      '`web` has /data',
      '`web` has /logs',
    ]);
    expect(beyond({ cap_add: ['NET_ADMIN', 'SYS_ADMIN'] }, stable)).toHaveLength(1);
  });

  test('is not had by another service of the stable', () => {
    const branch = sideOf({ volumes: [bind('/data')] });
    const stable = sideOf(NOTHING);
    const other = { ...stable.model.services, api: { volumes: [bind('/data')] } };
    const model = { ...stable.model, services: other };
    expect(newHostAccess(branch, { ...stable, model })).toHaveLength(1);
  });
});

test('networks and volumes of others, or that a driver takes from the host', () => {
  const rest = {
    volumes: {
      own: { name: 'shop_own' },
      other: { name: 'blog_data' },
      external: { name: 'shop_external', external: true },
      host: { name: 'shop_host', driver_opts: { type: 'none', device: '/', o: 'bind' } },
    },
    networks: { default: { name: 'shop_default' }, lan: { name: 'shop_lan', driver: 'macvlan' } },
  };
  const branch = sideOf(NOTHING, rest);
  expect(newHostAccess(branch, sideOf(NOTHING))).toEqual([
    'the network `lan` is not the project’s own',
    ...['other', 'external', 'host'].map(
      (each) => `the volume \`${each}\` is not the project’s own`,
    ),
  ]);
  expect(newHostAccess(branch, branch)).toEqual([]);
});

test('files outside of the project that are read or given to services', () => {
  const rest = { configs: { a: { file: '/etc/shadow' } }, secrets: { b: { file: '/srv/shop/b' } } };
  const branch = sideOf(NOTHING, rest, ['/root/.env', '/srv/shop/.env']);
  expect(newHostAccess(branch, sideOf(NOTHING))).toEqual([
    'it reads /root/.env',
    'it reads /etc/shadow',
  ]);
});
