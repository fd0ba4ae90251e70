import { describe, expect, test } from 'vitest';
import { hiding, isHidden } from '../../../../src/compose/disguise/hidden.ts';
import { isStandIn, standingIn } from '../../../../src/compose/disguise/stand-in.ts';

const labels = (service: string, number = '1') => ({
  'com.docker.compose.project': 'shop',
  'com.docker.compose.service': service,
  'com.docker.compose.oneoff': 'False',
  'com.docker.compose.container-number': number,
  'com.docker.compose.config-hash': 'c0ffee',
  tier: 'front',
});
const request = (name: string, service: string, number?: string) => ({
  name,
  body: { Image: 'shop-web', Labels: labels(service, number) },
});
const seenBy = (guise: ReturnType<typeof hiding>, { name, body }: ReturnType<typeof made>) =>
  guise.seen({ name, labels: body.Labels ?? {} });
const GUISE = hiding(['web', 'canary-proxy']);
const made = (name: string, service: string, number?: string) =>
  GUISE.made(request(name, service, number));

describe('a hidden container', () => {
  test('is no container of its service to plain Compose, and leaves it its names', () => {
    const { name, body } = made('shop-web-2', 'web', '2');
    expect(name).toBe('shop-web-2-stable');
    expect(isHidden(body.Labels ?? {})).toBe(true);
    expect(body.Labels).toEqual({ ...labels('web', '2'), 'com.docker.compose.oneoff': 'canary' });
  });

  test.each(['shop-web-1', 'shop_web_1', '0123456789ab_shop-web-1'])(
    'that Compose calls %s is shown to our Compose as it was asked for',
    (name) => {
      expect(seenBy(GUISE, made(name, 'web'))).toEqual({ name, labels: labels('web') });
    },
  );

  test('keeps the name that users gave it', () => {
    expect(made('storefront', 'web').name).toBe('storefront');
  });

  test('that canary adds loses the label without which Compose lists nothing, for ours alone', () => {
    const own = { ...labels('canary-proxy'), 'dev.canary.role': 'proxy' };
    const { name, body } = GUISE.made({ name: 'shop-canary-proxy-1', body: { Labels: own } });
    expect(name).toBe('shop-canary-proxy-1');
    expect(body.Labels).not.toHaveProperty(['com.docker.compose.config-hash']);
    expect(GUISE.seen({ name, labels: body.Labels ?? {} })).toEqual({ name, labels: own });
  });

  test('gets hidden names again, and others their own', () => {
    const { body } = made('0123456789ab_shop-web-1', 'web');
    const hidden = { name: 'x', labels: body.Labels ?? {} };
    expect(GUISE.renamed(hidden, 'shop-web-1')).toBe('shop-web-1-stable');
    expect(GUISE.renamed({ name: 'x', labels: labels('db') }, 'shop-db-1')).toBe('shop-db-1');
  });
});

test('other services, and one-off runs of hidden ones, pass as they are', () => {
  const other = request('shop-db-1', 'db');
  expect(GUISE.made(other)).toBe(other);
  const once = { ...labels('web'), 'com.docker.compose.oneoff': 'True' };
  const run = { name: 'shop-web-run-1', body: { Labels: once } };
  expect(GUISE.made(run)).toBe(run);
});

describe('a stand-in', () => {
  const guise = standingIn({ definitions: { web: 'decade' }, image: 'haproxy:3.0' });
  const asked = {
    name: 'shop-web-1',
    body: {
      Image: 'shop-web',
      Labels: { ...labels('web'), 'traefik.http.routers.web.rule': 'Host(`shop`)' },
      Env: ['PASSWORD=hunter2'],
      ExposedPorts: { '3000/tcp': {} },
      Healthcheck: { Test: ['CMD', 'curl', 'localhost'] },
      HostConfig: {
        NetworkMode: 'shop_default',
        Binds: ['shop_data:/data:rw', '/srv/uploads:/uploads:rw'],
        Mounts: [
          { Type: 'volume', Source: 'shop_cache' },
          { Type: 'bind', Source: '/etc' },
        ],
        PortBindings: { '3000/tcp': [{ HostPort: '80' }] },
        Privileged: true,
        CapAdd: ['SYS_ADMIN'],
        PidMode: 'host',
      },
      NetworkingConfig: {
        EndpointsConfig: {
          shop_default: { Aliases: ['web'], IPAMConfig: { IPv4Address: '10.0.0.2' } },
        },
      },
    },
  };
  const { name, body } = guise.made(asked);

  test('has what plain Compose compares: labels, networks and named volumes', () => {
    const { tier: _, ...composeLabels } = labels('web', '1001');
    expect(body.Labels).toEqual({
      ...composeLabels,
      'dev.canary.role': 'stand-in',
      'dev.canary.definition': 'decade',
      'traefik.enable': 'false',
      'com.centurylinklabs.watchtower.enable': 'false',
    });
    const sources = (body.HostConfig?.Mounts ?? []).map(({ Source }) => Source);
    expect(sources).toEqual(['shop_data', 'shop_cache']);
    expect(body.NetworkingConfig).toEqual({ EndpointsConfig: { shop_default: {} } });
  });

  test('has nothing else of the service: no secret, port, path, right, name or route', () => {
    const text = JSON.stringify(body);
    for (const word of ['hunter2', '3000', '/srv', '/etc', 'SYS_ADMIN', 'Privileged', 'PidMode'])
      expect(text).not.toContain(word);
    expect(text).not.toMatch(/Aliases|IPAMConfig|Host\(/);
    expect(guise.joined({ Aliases: ['web'] })).toEqual({});
  });

  test('is seen by the Compose that makes it, in place of the hidden container', () => {
    const labelled = { name, labels: body.Labels ?? {} };
    expect(isStandIn(labelled.labels)).toBe(true);
    expect(guise.seen(labelled)?.name).toBe('shop-web-1');
    expect(guise.seen({ name: 'shop-web-1-stable', labels: labels('web') })).toBeUndefined();
    expect(guise.seen({ name: 'shop-db-1', labels: labels('db') })).toBeDefined();
    expect(GUISE.seen(labelled)).toBeUndefined();
  });
});
