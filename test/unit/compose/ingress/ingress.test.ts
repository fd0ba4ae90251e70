import { describe, expect, test } from 'vitest';
import {
  arrivalPort,
  callerLinks,
  spareArrivalPort,
} from '../../../../src/compose/ingress/ingress.ts';
import type { ComposeService } from '../../../../src/compose/model/model.ts';
import { chooseSlice } from '../../../../src/compose/slice.ts';
import { config, modelOf } from '../../../support/fixture-model.ts';
import { refusal } from '../../../support/fixture-refusal.ts';

const web: ComposeService = {
  ports: [{ target: 3000, published: '3000', protocol: 'tcp' }],
  environment: { API: 'http://api:3000' },
};
const api: ComposeService = { expose: ['3000'] };
const edge: ComposeService = {
  image: 'nginx:1',
  ports: [{ target: 80, published: '80', protocol: 'tcp' }],
};

const sliceOf = (services: string, model: Record<string, ComposeService>) =>
  chooseSlice(config(services), modelOf(model));

describe('an internal service', () => {
  test('has the callers found in the definitions, chosen or not', () => {
    const model = { web, api, cron: { command: ['curl', 'http://api:3000/'] }, db: {} };
    const [, member] = sliceOf('{ web: { entry: 3000 }, api: { mesh: true } }', model);
    expect(member?.ingress).toEqual({
      kind: 'mesh',
      callers: ['web', 'cron'],
      names: ['api'],
      preview: undefined,
    });
  });

  test('has no callers that keep data, because callers are recreated', async () => {
    const store: ComposeService = {
      image: 'minio/minio',
      environment: { HOOK: 'http://api:3000/' },
    };
    const [, member] = sliceOf('{ web: { entry: 3000 }, api: { mesh: true } }', {
      web,
      api,
      store,
    });
    expect(member?.ingress?.callers).toEqual(['web']);
    const named = '{ web: { entry: 3000 }, api: { mesh: { callers: store } } }';
    const error = await refusal(() => sliceOf(named, { web, api, store }));
    expect(error.message).toContain('it keeps data');
  });

  test('has the callers that canary.yaml names instead', () => {
    const model = { web, api, other: {} };
    const slice = sliceOf('{ web: { entry: 3000 }, api: { mesh: { callers: other } } }', model);
    expect(callerLinks(slice)).toEqual(new Map([['other', ['canary-proxy:api']]]));
  });

  test('is reached by each of its own names: aliases, links, its container name', () => {
    const model = {
      web: { ...web, links: ['api:backend', 'db:data'] },
      api: {
        ...api,
        container_name: 'the-api',
        networks: { default: { aliases: ['api.internal', 'shared', 'odd name'] } },
      },
      db: { networks: { default: { aliases: ['shared'] } } },
    };
    const slice = sliceOf('{ web: { entry: 3000 }, api: { mesh: true } }', model);
    expect(slice[1]?.ingress?.names).toEqual(['api', 'the-api', 'api.internal', 'backend']);
  });

  test('moves a port of the proxy that its callers use, and no other', () => {
    const slice = sliceOf('{ web: { entry: 3000, preview: 3001 }, api: { mesh: true } }', {
      web,
      api,
    });
    expect([3000, 3001].map((port) => arrivalPort(slice, port))).toEqual([3001, 3002]);
    const plain = sliceOf('{ web: { entry: 3000, preview: 3001 }, api: {} }', { web, api });
    expect([3000, 3001].map((port) => arrivalPort(plain, port))).toEqual([3000, 3001]);
    expect([3000, 3002, 8405].map((port) => spareArrivalPort(slice, port))).toEqual([
      3003, 3003, 8405,
    ]);
  });

  test.each([
    [
      'nobody calls it',
      { web: { ports: web.ports ?? [] }, api },
      '{ mesh: true }',
      /who calls `api`/,
    ],
    [
      'its caller is on the host’s network',
      { web, api, x: { network_mode: 'host' } },
      '{ mesh: { callers: x } }',
      /network_mode: host/,
    ],
    [
      'they share no network',
      { web, api, x: { networks: { far: null } } },
      '{ mesh: { callers: x } }',
      /share no network/,
    ],
    ['it calls itself', { web, api }, '{ mesh: { callers: api } }', /the same service/],
  ] as const)('is rejected if %s', async (_, model, choice, message) => {
    const error = await refusal(() => sliceOf(`{ web: { entry: 3000 }, api: ${choice} }`, model));
    expect(error).toMatchObject({ code: 'caller-unusable', exitCode: 2 });
    expect(error.message).toMatch(message);
  });

  test('is rejected if a caller does not exist, or its port is unknown', async () => {
    const choose = (choice: string, model: Record<string, ComposeService>) =>
      refusal(() => sliceOf(`{ web: { entry: 3000 }, api: ${choice} }`, model));
    expect((await choose('{ mesh: { callers: [nobody] } }', { web, api })).code).toBe(
      'service-unknown',
    );
    expect((await choose('{ mesh: true }', { web, api: {} })).code).toBe('port-unknown');
  });
});

describe('a service behind another proxy', () => {
  test('needs no published port', () => {
    const [member] = sliceOf('{ api: { behind: edge, preview: 8080 } }', { api, edge });
    expect(member).toMatchObject({
      entry: undefined,
      ingress: { kind: 'behind', callers: ['edge'], preview: 8080 },
    });
  });

  test('shares its port with no other: that proxy may pass on any Host', async () => {
    const model = { web, api, edge };
    const both = '{ web: { behind: edge }, api: { mesh: true } }';
    const error = await refusal(() => sliceOf(both, model));
    expect(error.message).toBe(
      '`web` and `api` both listen on port 3000, and another proxy calls `web`.',
    );
  });

  test('shares its port with no other either if such a proxy only calls it', async () => {
    const other: ComposeService = { expose: ['3000'] };
    const both =
      '{ web: { entry: 3000 }, api: { mesh: { callers: edge } }, other: { mesh: { callers: web } } }';
    const error = await refusal(() => sliceOf(both, { web, api, other, edge }));
    expect(error.message).toContain('another proxy calls `api`');
  });

  test.each([
    ['Traefik’s', { labels: { 'traefik.enable': 'true' } }, 'its label `traefik.enable`'],
    ['Caddy’s', { labels: { caddy: 'shop.example' } }, 'its label `caddy`'],
    ['nginx-proxy’s', { environment: { VIRTUAL_HOST: 'shop' } }, 'its environment `VIRTUAL_HOST`'],
  ])('is rejected if %s labels lead to it instead of its name', async (_, found, said) => {
    const error = await refusal(() =>
      sliceOf('{ api: { behind: edge } }', { api: { ...api, ...found }, edge }),
    );
    expect(error.code).toBe('caller-unusable');
    expect(error.message).toContain(said);
  });
});
