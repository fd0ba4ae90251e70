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
    outsideMounted: outside,
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
    // By them the files of the other service are reached.
    [{ pid: 'service:api' }, '`pid`'],
    [{ devices: [{ source: '/dev/sda' }] }, '`devices`'],
    [{ post_start: [{ command: ['x'], privileged: true }] }, '`post_start`'],
    [{ build: { context: '/etc' } }, 'a build from /etc'],
    [{ build: { context: '/srv/shop/a', dockerfile: '/etc/shadow' } }, 'a build from /etc/shadow'],
    [{ build: { context: '/srv/shop/a', network: 'host' } }, '`build.network`'],
    [{ build: { context: '/srv/shop/a', ssh: ['default'] } }, '`build.ssh`'],
    [
      { build: { context: '/srv/shop/a', a_field_of_next_year: 1 } },
      '`build.a_field_of_next_year`',
    ],
    [{ build: { context: '/srv/shop/a', tags: ['traefik:v3'] } }, '`build.tags`'],
    [
      { build: { context: '/srv/shop/a', cache_from: ['a/b:c', 'type=local,src=/etc'] } },
      '`build.cache_from`',
    ],
    [
      { build: { context: '/srv/shop/a', additional_contexts: { a: 'oci-layout:///srv/x' } } },
      '`build.additional_contexts`',
    ],
    [{ build: { context: 'cwd:///etc' } }, '`build.context`'],
    // Buildx evaluates it, and Compose does not.
    [{ build: { context: '/srv/shop/%{if true}..%{endif}/x' } }, '`build.context`'],
    [{ build: { context: '/srv/shop/a', labels: { a: '%{if true}b%{endif}' } } }, '`build.labels`'],
    [
      { build: { context: '/srv/shop/a', additional_contexts: { a: 'cwd:///etc' } } },
      '`build.additional_contexts`',
    ],
    [{ build: { context: '/srv/shop/a', dockerfile: 'cwd:///etc/passwd' } }, '`build.dockerfile`'],
    [{ image: 'traefik:v3', build: { context: '/srv/shop/a' } }, 'a build named traefik:v3'],
    // Compose shows it as it is, and Buildx makes another tag of it.
    [
      { image: 'shop-web:%{if true}1%{endif}', build: { context: '/srv/shop/a' } },
      'a build named shop-web:%{if true}1%{endif}',
    ],
    ...['shop-web:before-20261203-1', 'shop-web:canary-0123456789ab'].map(
      (image): [object, string] => [
        { image, build: { context: '/srv/shop/a' } },
        `a build named ${image}`,
      ],
    ),
    [{ labels: { 'dev.canary.role': 'proxy' } }, 'the label dev.canary.role'],
    [{ cgroup_parent: 'service:x' }, '`cgroup_parent`'],
    [{ logging: { driver: 'syslog', options: { 'syslog-address': 'unix:///x' } } }, '`logging`'],
    [{ logging: { options: { 'fluentd-address': 'unix:///x' } } }, '`logging`'],
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
    const build = {
      ...{ context: '/srv/shop/a', target: 'x', args: { A: '1' }, cache_from: ['a/b:c'] },
      additional_contexts: { b: '/srv/shop/b', c: 'docker-image://alpine' },
    };
    const args = { A: '%{if true}x%{endif}' };
    expect(beyond({ build: { context: '/srv/shop/a', args } })).toEqual([]);
    expect(beyond({ build: { context: 'https://example.com/x.git#main:a' } })).toEqual([]);
    expect(beyond({ build, logging: { driver: 'local', options: { x: '1' } } })).toEqual([]);
  });

  test.each(['host', 'container:other', 'service:web'])(
    'is the namespace of a service that has it from elsewhere: %s',
    (network_mode) => {
      const api = { network_mode } as ComposeService;
      const between = { network_mode: 'service:api' } as ComposeService;
      const stable = sideOf(NOTHING);
      const services = { ...stable.model.services, api, between };
      const branch = sideOf({ network_mode: 'service:between' });
      const model = { ...stable.model, services };
      const theirs = { ...branch.model, services: { ...services, ...branch.model.services } };
      expect(newHostAccess({ ...branch, model: theirs }, { ...stable, model })).toEqual([
        '`web` has `network_mode`',
      ]);
    },
  );

  test('is not another tag of an image that the stable builds', () => {
    const build = { context: '/srv/shop/a' };
    const stable = { build, image: 'localhost:5000/shop:1' };
    expect(beyond({ build, image: 'localhost:5000/shop:2' }, stable)).toEqual([]);
    expect(beyond({ build, image: 'localhost:5000/other:1' }, stable)).toHaveLength(1);
    expect(beyond({ build, image: 'postgres:16' }, { image: 'postgres:16' })).toHaveLength(1);
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

test('volumes and networks by whose labels canary would take them for its own', () => {
  const rest = {
    volumes: { data: { name: 'shop_data', labels: { 'dev.canary.role': 'canary', a: 'b' } } },
  };
  expect(newHostAccess(sideOf(NOTHING, rest), sideOf(NOTHING))).toEqual([
    'the volume `data` has the label dev.canary.role',
  ]);
  expect(newHostAccess(sideOf(NOTHING, rest), sideOf(NOTHING, rest))).toEqual([]);
});

test('networks and volumes of others, or that a driver takes from the host', () => {
  const rest = {
    volumes: {
      own: { name: 'shop_own' },
      other: { name: 'blog_data' },
      external: { name: 'shop_external', external: true },
      host: { name: 'shop_host', driver_opts: { type: 'none', device: '/', o: 'bind' } },
    },
    networks: {
      default: { name: 'shop_default', ipam: {} },
      lan: { name: 'shop_lan', driver: 'macvlan' },
      // The machine's way to these addresses would be this network.
      names: { name: 'shop_names', ipam: { config: [{ subnet: '8.8.8.0/24' }] } },
    },
  };
  const branch = sideOf(NOTHING, rest);
  expect(newHostAccess(branch, sideOf(NOTHING))).toEqual([
    'the network `lan` is not the project’s own',
    'the network `names` is not the project’s own',
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
