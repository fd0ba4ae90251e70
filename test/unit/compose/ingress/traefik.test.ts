import { describe, expect, test } from 'vitest';
import { traefikRoutes } from '../../../../src/compose/ingress/traefik.ts';
import { modelOf } from '../../../support/fixture-model.ts';

const RULE = 'Host(`shop.example`)';
const routers = (fields: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [`traefik.http.routers.${key}`, value]),
  );
const routesOf = (labels: Record<string, string>, port?: number, others = {}) =>
  traefikRoutes(modelOf({ web: { labels }, ...others }), 'web', { port });

describe('routers that the proxy can stand in for', () => {
  test('rank one above Traefik’s own: by the length of the rule, or by the given priority', () => {
    const labels = routers({
      'a.rule': RULE,
      'b.Rule': RULE,
      'b.Priority': '7',
      'c.rule': 'Host(`é`)',
    });
    expect(routesOf(labels)).toMatchObject({
      routers: [
        { name: 'a', priority: RULE.length + 1 },
        { name: 'b', priority: 8 },
        { name: 'c', priority: 11 },
      ],
    });
  });

  test('give the port by the service that they lead to', () => {
    const labels = {
      ...routers({ 'a.rule': RULE, 'a.service': 'app@docker' }),
      'traefik.http.services.app.loadBalancer.server.port': '8080',
      'traefik.http.services.admin.loadbalancer.server.port': '9090',
    };
    expect(routesOf(labels)).toMatchObject({ port: 8080, left: [] });
  });

  test('of other ports stay with the stable', () => {
    const labels = {
      ...routers({ 'a.rule': RULE, 'a.service': 'app', 'b.rule': RULE, 'b.service': 'admin' }),
      'traefik.http.services.app.loadbalancer.server.port': '8080',
      'traefik.http.services.admin.loadbalancer.server.port': '9090',
      'traefik.tcp.routers.raw.rule': 'HostSNI(`*`)',
    };
    const left = [
      'its TCP router `raw` stays with the stable',
      'its router `b` stays with the stable: it leads to port 9090',
    ];
    expect(routesOf(labels)).toMatchObject({ routers: [{ name: 'a' }], port: 8080, left });
    expect(routesOf(labels, 9090)).toMatchObject({ routers: [{ name: 'b' }], port: 9090 });
  });
});

describe('no router is replaced', () => {
  const service = 'traefik.http.services.app.loadbalancer.server';
  test.each([
    ['without labels of Traefik', {}, 'it has no label of Traefik'],
    [
      'when it is disabled',
      { 'traefik.enable': 'false', ...routers({ 'a.rule': RULE }) },
      'its label `traefik.enable` says `false`',
    ],
    ['of Traefik 1', { 'traefik.frontend.rule': 'Host:x' }, 'its labels are those of Traefik 1'],
    [
      'by the default rule',
      { 'traefik.enable': 'true' },
      'none of its routers has a rule of its own',
    ],
    [
      'without a rule',
      routers({ 'a.tls': 'true' }),
      'its router `a` stays with the stable: it has no rule of its own',
    ],
    [
      'to something else',
      routers({ 'a.rule': RULE, 'a.service': 'api@internal' }),
      'its router `a` stays with the stable: it leads to `api@internal`',
    ],
    [
      'over TLS',
      { ...routers({ 'a.rule': RULE }), [`${service}.scheme`]: 'https' },
      'its router `a` stays with the stable: it speaks https to the service',
    ],
    [
      'over HTTP/2 that nobody said',
      { ...routers({ 'a.rule': RULE }), [`${service}.scheme`]: 'h2c' },
      'its router `a` stays with the stable: it speaks HTTP/2; say `protocol: http2`',
    ],
    [
      'to a URL',
      { ...routers({ 'a.rule': RULE, 'a.service': 'app' }), [`${service}.url`]: 'http://x' },
      'its router `a` stays with the stable: `app` is more than a port of this container',
    ],
    [
      'of several services that it does not choose from',
      {
        ...routers({ 'a.rule': RULE }),
        [`${service}.port`]: '1',
        'traefik.http.services.b.loadbalancer.server.port': '2',
      },
      'its router `a` stays with the stable: it does not say to which of its services it leads',
    ],
  ])('%s', (_, labels, reason) => {
    expect(routesOf(labels as Record<string, string>)).toBe(reason);
  });
});

describe('the rank of another service', () => {
  const longer = (rule: string, more = {}) => ({
    api: { labels: { ...routers({ 'api.rule': rule }), ...more } },
  });
  const one = routers({ 'web.rule': 'PathPrefix(`/a`)' });

  test('must not equal ours if both could match', () => {
    expect(routesOf(one, 80, longer('PathPrefix(`/ab`)'))).toBe(
      'its router would rank like `api` of `api`; give `web` a `priority`',
    );
    expect(routesOf(one, 80, longer('PathPrefix(`/abc`)'))).toMatchObject({ port: 80 });
  });

  test('does not matter for other hosts, or if Traefik ignores that service', () => {
    const host = routers({ 'web.rule': 'Host(`a.test`)' });
    expect(routesOf(host, 80, longer('Host(`ab.test`)'))).toMatchObject({ port: 80 });
    expect(routesOf(host, 80, longer('!Host(`a.test`)'))).toContain('would rank like');
    const off = longer('PathPrefix(`/ab`)', { 'traefik.enable': 'false' });
    expect(routesOf(one, 80, off)).toMatchObject({ port: 80 });
  });
});
