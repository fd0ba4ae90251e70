import { describe, expect, test } from 'vitest';
import type { ComposeService } from '../../../../src/compose/model/model.ts';
import { type OverrideInput, renderOverride } from '../../../../src/compose/render/override.ts';
import { chooseSlice } from '../../../../src/compose/slice.ts';
import { config, modelOf, SHOP, shopSlice } from '../../../support/fixture-model.ts';
import { NEW } from '../../../support/fixture-observed.ts';
import { readLayers } from '../../../support/fixture-yaml.ts';

const PROXY = {
  image: 'haproxy:3.0',
  definition: 'decade',
  owner: { uid: 1000, gid: 1001 },
  runDirectory: '/srv/$shop/.canary/proxy',
};

const INPUT: OverrideInput = { model: SHOP, slice: shopSlice(), proxy: PROXY, clones: undefined };

const CLONES = {
  commit: NEW,
  release: 'r1',
  model: SHOP,
  files: { frontend: ['tree/compose.yml'], discounts: ['tree/compose.yml'] },
  dataMounts: {},
};

describe('without a canary', () => {
  const [layer] = readLayers(renderOverride(INPUT));

  test('the only change to the stable is the entry’s port', () => {
    expect(Object.keys(layer?.services ?? {})).toEqual(['frontend', 'canary-proxy']);
    expect(layer?.services.frontend).toEqual({ ports: { '!reset': [] } });
  });

  test('the proxy publishes the entry’s port and the preview', () => {
    expect(layer?.services['canary-proxy']).toMatchObject({
      image: 'haproxy:3.0',
      ports: [
        { target: 3000, published: '3000' },
        { target: 13_000, published: '13000' },
      ],
      networks: ['default'],
      volumes: [{ type: 'bind', source: '/srv/$$shop/.canary/proxy', target: '/run/canary' }],
      labels: { 'dev.canary.role': 'proxy', 'dev.canary.definition': 'decade' },
    });
  });

  test('the proxy reads its configuration from its run folder, and only canary’s user controls its master', () => {
    const start = 'exec haproxy -W -db -S /run/canary/master.sock,mode,600,uid,1000,gid,1001';
    expect(layer?.services['canary-proxy']?.command).toEqual([
      ...['sh', '-c'],
      expect.stringContaining(`${start} -f /run/canary/haproxy.cfg; fi`),
    ]);
  });
});

test('an entry keeps its other ports, and the same port for UDP', () => {
  const ports = [
    { target: 80, published: '3000', protocol: 'tcp' },
    { target: 80, published: '3000', protocol: 'udp' },
    { target: 9090, published: '9090', host_ip: '127.0.0.1', protocol: 'tcp' },
  ];
  const model = modelOf({ web: { ports } });
  const slice = chooseSlice(config('{ web: { entry: 3000 } }'), model);
  const [layer] = readLayers(renderOverride({ ...INPUT, model, slice }));
  expect(layer?.services.web).toEqual({ ports: { '!override': ports.slice(1) } });
});

test('the proxy listens where the entry did, on every network of the slice', () => {
  const ports = [{ target: 80, published: '3000', host_ip: '127.0.0.1' }];
  const model = modelOf({
    web: { ports, networks: { front: null, back: null } },
    api: { networks: { back: null, deep: null } },
  });
  const slice = chooseSlice(config('{ web: { entry: 3000 }, api: {} }'), model);
  const [layer] = readLayers(renderOverride({ ...INPUT, model, slice }));
  expect(layer?.services['canary-proxy']).toMatchObject({
    ports: [{ target: 3000, published: '3000', host_ip: '127.0.0.1' }],
    networks: ['front', 'back', 'deep'],
  });
});

test('Prometheus connects from this machine only, at a port that no ingress uses', () => {
  const proxyOf = (slice: OverrideInput['slice']) => {
    const proxy = { ...INPUT.proxy, metricsPort: 5001 };
    const [layer] = readLayers(renderOverride({ ...INPUT, slice, proxy }));
    return layer?.services['canary-proxy'];
  };
  const withPort = (target: number) => ({
    ports: expect.arrayContaining([{ target, published: '5001', host_ip: '127.0.0.1' }]),
  });
  expect(proxyOf(INPUT.slice)).toMatchObject(withPort(5001));
  const ingress = { kind: 'mesh', callers: [], names: [], preview: undefined } as const;
  const doored = INPUT.slice.map((each) => (each.port === 5001 ? { ...each, ingress } : each));
  expect(proxyOf(doored)).toMatchObject(withPort(5002));
});

describe('the proxy’s container', () => {
  const proxyOf = (change: Partial<OverrideInput['proxy']>) => {
    const proxy = { ...INPUT.proxy, ...change };
    return readLayers(renderOverride({ ...INPUT, proxy }))[0]?.services['canary-proxy'];
  };
  const ROOT = {
    user: '0:0',
    cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'],
  };
  const folders = [{ source: '/etc/tls', target: '/etc/canary/0' }];

  test.each([
    ['runs as the user who runs canary, with no capability', {}, { user: '1000:1001' }],
    ['starts as root if that user is root', { owner: { uid: 0, gid: 0 } }, ROOT],
    ['starts as root to read key files', { certificateFolders: folders }, ROOT],
  ])('%s', (_, change, expected) => {
    const { user, cap_add } = proxyOf(change) ?? {};
    expect({ user, ...(cap_add ? { cap_add } : {}) }).toEqual(expected);
  });

  test('gains no privilege, writes nothing but its run folder, and keeps a bounded log', () => {
    expect(proxyOf({})).toMatchObject({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      read_only: true,
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
    });
    expect(proxyOf({})).not.toHaveProperty('privileged');
  });
});

describe('a preview is published where users come in', () => {
  const published = (host_ip?: string) => [
    { target: 80, published: '80', ...(host_ip ? { host_ip } : {}) },
  ];
  const previewOf = (edge: ComposeService, choice = 'behind: edge') => {
    const labels = { 'traefik.http.routers.blog.rule': 'Host(`blog`)' };
    const found = choice.startsWith('labels') ? { labels } : {};
    const model = modelOf({ blog: { expose: ['3000'], ...found }, edge });
    const slice = chooseSlice(config(`{ blog: { ${choice}, preview: 14000 } }`), model);
    const [layer] = readLayers(renderOverride({ ...INPUT, model, slice }));
    const ports = layer?.services['canary-proxy']?.ports as { host_ip?: string }[];
    return ports[0]?.host_ip;
  };

  test.each<[string, ComposeService, string | undefined]>([
    ['on this machine alone', { ports: published('127.0.0.1') }, '127.0.0.1'],
    ['on one address', { ports: published('192.0.2.7') }, '192.0.2.7'],
    ['on every address', { ports: [...published(), ...published('127.0.0.1')] }, undefined],
    ['on every address, spelled out', { ports: published('0.0.0.0') }, undefined],
    ['on the network of the host', { image: 'traefik:3', network_mode: 'host' }, undefined],
    [
      'on two addresses',
      { ports: [...published('192.0.2.7'), ...published('192.0.2.8')] },
      '127.0.0.1',
    ],
    ['nowhere that is known', {}, '127.0.0.1'],
  ])('%s', (_, edge, expected) => {
    const choice = edge.network_mode ? 'labels: traefik' : 'behind: edge';
    expect(previewOf(edge, choice)).toBe(expected);
  });
});

describe('with a canary', () => {
  const [layer] = readLayers(renderOverride({ ...INPUT, clones: CLONES }));
  const frontend = layer?.services['frontend-canary'];

  test('a clone extends the branch’s file and resets what must not be cloned', () => {
    expect(frontend).toEqual({
      extends: { file: 'tree/compose.yml', service: 'frontend' },
      image: 'shop-frontend:canary-aaaaaaaaaaaa',
      build: { tags: { '!reset': [] } },
      container_name: { '!reset': null },
      hostname: { '!reset': null },
      ports: { '!reset': [] },
      networks: { '!override': { default: {} } },
      depends_on: { '!override': { 'discounts-canary': { condition: 'service_started' } } },
      external_links: ['discounts-canary:discounts'],
      labels: {
        'dev.canary.role': 'canary',
        'dev.canary.service': 'frontend',
        'dev.canary.release': 'r1',
        'dev.canary.commit': NEW,
      },
    });
  });

  test('a clone reaches the other clone by its usual name, shared services by theirs', () => {
    expect(layer?.services['discounts-canary']).toMatchObject({
      external_links: ['frontend-canary:frontend'],
      depends_on: { '!override': { db: { condition: 'service_healthy' } } },
    });
  });

  test('shared services are neither cloned nor mentioned', () => {
    expect(Object.keys(layer?.services ?? {})).toEqual([
      'frontend',
      'canary-proxy',
      'frontend-canary',
      'discounts-canary',
    ]);
  });

  test('it contains no resolved value of an environment (promise 9)', () => {
    expect(renderOverride({ ...INPUT, clones: CLONES })).not.toContain('hunter2');
  });

  test('the same input gives the same text', () => {
    const again = structuredClone({ ...INPUT, clones: CLONES });
    expect(renderOverride(again)).toBe(renderOverride({ ...INPUT, clones: CLONES }));
  });
});

test('a single clone has no links', () => {
  const slice = shopSlice().slice(0, 1);
  const [layer] = readLayers(renderOverride({ ...INPUT, slice, clones: CLONES }));
  expect(layer?.services['frontend-canary']).not.toHaveProperty('external_links');
  expect(layer?.services['frontend-canary']).toMatchObject({
    depends_on: { '!override': { discounts: { condition: 'service_started' } } },
  });
});

describe('an internal service', () => {
  const slice = chooseSlice(
    config('{ frontend: { entry: 3000 }, discounts: { mesh: { callers: [frontend, ads] } } }'),
    SHOP,
  );
  const stableOf = (rest: Partial<OverrideInput> = {}) =>
    readLayers(renderOverride({ ...INPUT, slice, ...rest }))[0]?.services ?? {};

  test('gives its callers links, beside removing the entry’s port', () => {
    const links = { external_links: ['canary-proxy:discounts'] };
    expect(stableOf().frontend).toEqual({ ports: { '!reset': [] }, ...links });
    expect(stableOf().ads).toEqual(links);
    expect(stableOf().discounts).toBeUndefined();
  });

  test('gives no links to services that start before the proxy', () => {
    expect(stableOf({ isUnlinked: true }).frontend).toEqual({ ports: { '!reset': [] } });
    expect(stableOf({ isUnlinked: true }).ads).toBeUndefined();
  });

  test('adds no service for a caller that the branch does not have', () => {
    const { ads: _, ...services } = SHOP.services;
    expect(stableOf({ model: { ...SHOP, services } }).ads).toBeUndefined();
  });

  test('replaces a caller’s links to its stable, and keeps the start order they implied', () => {
    const frontend = {
      ...SHOP.services.frontend,
      links: ['discounts:prices', 'db'],
      depends_on: {
        discounts: { condition: 'service_started' },
        db: { condition: 'service_healthy' },
      },
    };
    const model = { ...SHOP, services: { ...SHOP.services, frontend } };
    expect(stableOf({ model }).frontend).toMatchObject({
      links: { '!override': ['db'] },
      depends_on: { discounts: { condition: 'service_started' } },
    });
  });
});
