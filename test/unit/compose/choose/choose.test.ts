import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCandidates } from '../../../../src/compose/choose/candidates.ts';
import { chooseNamed } from '../../../../src/compose/choose/choose.ts';
import { configText } from '../../../../src/compose/choose/config-text.ts';
import type { ChosenService } from '../../../../src/compose/choose/describe.ts';
import { readStack } from '../../../../src/compose/choose/stack.ts';
import type { ComposeModel } from '../../../../src/compose/model/model.ts';
import type { ConfigurationFiles } from '../../../../src/compose/services/configuration-file.ts';
import { parseConfig } from '../../../../src/config/parse.ts';
import { modelOf, SHOP } from '../../../support/fixture-model.ts';
import { refusal } from '../../../support/fixture-refusal.ts';

const choice = (model: ComposeModel, names: readonly string[], files?: ConfigurationFiles) =>
  chooseNamed(readStack(model, files), names).services;

const web = (published: string) => ({ ports: [{ target: 80, published, protocol: 'tcp' }] });

test('candidates keep no data; those built here are likely', () => {
  expect(findCandidates(readStack(SHOP)).candidates).toEqual([
    { name: 'ads', isLikely: false, why: 'runs example/ads:1' },
    { name: 'discounts', isLikely: true, why: 'built from this repository' },
    {
      name: 'frontend',
      isLikely: true,
      why: 'built from this repository, published on 3000',
    },
  ]);
});

describe('a choice', () => {
  test('becomes entries with a preview port and internal services, with reasons', () => {
    expect(choice(SHOP, ['frontend', 'discounts'])).toEqual([
      {
        service: 'frontend',
        entry: 3000,
        preview: 13_000,
        why: 'users reach it on port 3000; the canary alone answers on 13000',
      },
      {
        service: 'discounts',
        entry: undefined,
        preview: undefined,
        why: 'internal: it publishes no port',
      },
    ]);
  });

  test('makes a published service internal if another chosen one calls it', () => {
    const model = modelOf({
      web: { ...web('3000'), environment: { API: 'http://api' } },
      api: web('5001'),
    });
    expect(choice(model, ['web', 'api'])[1]?.why).toBe('internal: web calls it by name');
    expect(choice(model, ['api'])[0]?.entry).toBe(5001);
  });

  test('finds preview ports that nothing publishes, also at the upper end', () => {
    const model = modelOf({ a: web('3000'), b: web('13000'), c: web('60000') });
    const previews = choice(model, ['a', 'b', 'c']).map((each) => each.preview);
    expect(previews).toEqual([13_001, 23_000, 50_000]);
  });

  test('counts a service named twice once', () => {
    expect(choice(SHOP, ['frontend', 'frontend'])).toHaveLength(1);
  });

  test('rejects a database', async () => {
    const error = await refusal(() => choice(SHOP, ['frontend', 'db']));
    expect(error.code).toBe('service-stateful');
  });
});

describe('a proxy in front of the services', () => {
  const nginx = { image: 'nginx:1', ...web('80') };
  const conf = (text: string) => ({ nginx: [{ path: 'nginx.conf', text }] });
  const toShop = conf('proxy_pass http://shop:3000;');

  test('makes the service behind it an ingress, with the port from the proxy’s configuration', () => {
    const model = modelOf({ nginx, shop: { build: {} }, api: { build: {} } });
    const chosen = choice(model, ['shop', 'api'], toShop);
    expect(chosen[0]?.why).toBe(
      'users reach it through nginx (nginx.conf); the canary alone answers on 10080',
    );
    expect(configText(chosen, 'main')).toContain(
      '  shop: { behind: nginx, port: 3000, preview: 10080 }\n  api: {}\n',
    );
  });

  test('needs no port if the definition has one; every proxy in front is named', () => {
    const model = modelOf({
      nginx,
      caddy: { image: 'caddy', ...web('443') },
      shop: { expose: ['3000'] },
    });
    const files = { ...toShop, caddy: [{ path: 'Caddyfile', text: 'reverse_proxy shop:3000' }] };
    expect(configText(choice(model, ['shop'], files), 'main')).toContain(
      '  shop: { behind: [nginx, caddy], preview: 10080 }\n',
    );
  });

  test.each([
    ['fastcgi_pass shop:9000;', 'FastCGI'],
    ['upstream php { server shop:9000; } fastcgi_pass php;', 'FastCGI'],
    ['uwsgi_pass uwsgi://shop:9000;', 'uwsgi'],
    ['proxy_pass https://shop:8443;', 'TLS'],
  ])('with %j is cloned too, as the entry (%s)', (text) => {
    const model = modelOf({ nginx, shop: { build: {} } });
    expect(configText(choice(model, ['shop'], conf(text)), 'main')).toContain(
      '  shop: {}\n  nginx: { entry: 80, preview: 10080 }\n',
    );
  });

  test('that speaks gRPC to the service sets its protocol', () => {
    const model = modelOf({ nginx, shop: { build: {} } });
    const chosen = choice(model, ['shop'], conf('grpc_pass grpc://shop:50051;'));
    expect(configText(chosen, 'main')).toContain(
      '  shop: { behind: nginx, port: 50051, protocol: http2, preview: 10080 }\n',
    );
  });

  test('wins over a port of the service’s own only if the proxy has the port that browsers use', () => {
    const model = (published: string) =>
      modelOf({ nginx: { image: 'nginx:1', ...web(published) }, shop: web('3000') });
    expect(choice(model('80'), ['shop'], toShop)[0]).toMatchObject({
      behind: ['nginx'],
      port: 3000,
    });
    expect(choice(model('8081'), ['shop'], toShop)[0]).toMatchObject({ entry: 3000 });
  });

  test('leaves the second service on the same port to the stable, and says so', () => {
    const model = modelOf({ nginx, shop: {}, api: {} });
    const files = conf('proxy_pass http://shop:3000; }\nproxy_pass http://api:3000;');
    expect(choice(model, ['shop', 'api'], files)[0]?.why).toBe(
      'internal: another service behind nginx listens on 3000 too',
    );
  });

  test('is not a likely service itself, unless it passes requests to no service', () => {
    const model = modelOf({ nginx: { build: {}, ...web('80') }, shop: { build: {} } });
    const built = { nginx: [{ path: 'Dockerfile', text: 'FROM nginx:1' }, ...toShop.nginx] };
    const likely = (files: typeof built) =>
      findCandidates(readStack(model, files))
        .candidates.filter((each) => each.isLikely)
        .map(({ name }) => name);
    expect(likely(built)).toEqual(['shop']);
    expect(likely({ nginx: built.nginx.slice(0, 1) })).toEqual(['nginx']);
  });

  test('that finds services by labels is named in the reason if it cannot be used', async () => {
    const traefik = { image: 'traefik:v3', ...web('80') };
    const model = modelOf({ traefik, shop: { labels: { 'traefik.enable': 'true' } } });
    const error = await refusal(() => choice(model, ['shop']));
    expect(error.message).toBe(
      '`traefik` finds `shop` by its label `traefik.enable`, not by its name.',
    );
  });
});

test('every published service gets its own entry', () => {
  const model = modelOf({ shop: web('3000'), admin: web('4000') });
  expect(configText(choice(model, ['shop', 'admin']), 'main')).toContain(
    '  shop: { entry: 3000, preview: 13000 }\n  admin: { entry: 4000, preview: 14000 }\n',
  );
});

describe('canary.yaml', () => {
  test('is the same text for the same choice', () => {
    const chosen = choice(SHOP, ['frontend', 'discounts']);
    expect(configText(chosen, 'main')).toMatchInlineSnapshot(`
      "# What canary clones, and where users come in.
      version: 1
      services:
        frontend: { entry: 3000, preview: 13000 }
        discounts: {}
      "
    `);
    expect(configText(chosen, 'main')).toBe(configText(structuredClone(chosen), 'main'));
  });

  test('names the stable branch if it is not main', () => {
    const chosen = choice(SHOP, ['frontend']);
    const branch = 'release: "odd" #1';
    expect(parseConfig(configText(chosen, branch), 'canary.yaml').git.stable).toBe(branch);
  });

  test('contains what was chosen, whatever legal name a service has', () => {
    const legal = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/),
      fc.constantFrom('null', 'true', '1.50', '0x10', '1e3', '.5', '-', '---', '...', '-1', 'y'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(legal, { minLength: 1 }), (names) => {
        fc.pre(!names.some((name) => name in {}));
        const chosen = names.map(
          (service, index): ChosenService => ({
            service,
            entry: 3000 + index,
            preview: 13_000 + index,
            why: '',
          }),
        );
        const { services } = parseConfig(configText(chosen, 'main'), 'canary.yaml');
        expect(new Map(Object.entries(services))).toEqual(
          new Map(chosen.map(({ service, entry, preview }) => [service, { entry, preview }])),
        );
      }),
    );
  });
});
