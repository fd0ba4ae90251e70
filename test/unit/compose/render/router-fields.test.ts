import { describe, expect, test } from 'vitest';
import type { WrittenModel } from '../../../../src/compose/model/written.ts';
import { routerFields } from '../../../../src/compose/render/router-fields.ts';
import { chooseSlice } from '../../../../src/compose/slice.ts';
import { config, modelOf } from '../../../support/fixture-model.ts';
import { refusal } from '../../../support/fixture-refusal.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Compose expands them.

type Services = Parameters<typeof modelOf>[0];

/** What the proxy gets for these services, given as resolved and as written. */
function fieldsOf(choice: string, services: Services, written: WrittenModel['services']) {
  const model = { ...modelOf(services), networks: { default: { name: 'shop_default' } } };
  return routerFields(chooseSlice(config(choice), model), model, { services: written });
}

const RESOLVED = {
  'traefik.enable': 'true',
  'traefik.constraint-label': 'public',
  'traefik.http.routers.shop-web.rule': 'Host(`shop.example`)',
  'traefik.http.routers.shop-web.middlewares': 'auth,gzip@file',
  'traefik.http.middlewares.auth.basicauth.users': 'secret',
  'traefik.http.services.web.loadbalancer.server.port': '80',
};
const WRITTEN = [
  'traefik.enable=${ENABLE:-true}',
  'traefik.constraint-label=public',
  'traefik.http.routers.${NAME:-a.b=c}-web.rule=Host(`${DOMAIN?}`)',
  'traefik.http.routers.${NAME:-a.b=c}-web.middlewares=auth, gzip@file',
  'traefik.http.middlewares.auth.basicauth.users=${USERS}',
  'traefik.http.services.web.loadbalancer.server.port=80',
  'traefik.http.services.web.loadbalancer.healthcheck.path=/up',
  'traefik.http.services.web.loadbalancer.passhostheader=false',
  'org.example.team=shop',
];

describe('what Traefik finds at the proxy', () => {
  test('is a router of our own for each of the user’s, as the user wrote it', () => {
    const { labels } = fieldsOf(
      '{ web: { labels: traefik } }',
      { web: { labels: RESOLVED } },
      { web: { labels: WRITTEN } },
    );
    const at = 'traefik.http.routers.${NAME:-a.b=c}-web-canary';
    expect(labels).toEqual([
      'traefik.constraint-label=public',
      'traefik.enable=true',
      `${at}.rule=Host(\`\${DOMAIN?}\`)`,
      `${at}.middlewares=auth-canary,gzip@file`,
      `${at}.priority=21`,
      `${at}.service=\${NAME:-a.b=c}-web-canary`,
      'traefik.http.services.${NAME:-a.b=c}-web-canary.loadbalancer.passhostheader=false',
      'traefik.http.services.${NAME:-a.b=c}-web-canary.loadbalancer.server.port=80',
      'traefik.http.middlewares.auth-canary.basicauth.users=${USERS}',
      'traefik.docker.network=shop_default',
    ]);
  });

  test('has a separate port for each service, whatever port it listens on', () => {
    const labels = (name: string) => ({
      [`traefik.http.routers.${name}.rule`]: `Host(\`${name}.example\`)`,
    });
    const services = {
      one: { labels: labels('one'), expose: ['80'] },
      two: { labels: labels('two'), expose: ['80'] },
    };
    const found = fieldsOf(
      '{ one: { labels: traefik }, two: { labels: traefik } }',
      services,
      services,
    );
    expect(found.labels.filter((each) => each.includes('server.port'))).toEqual([
      'traefik.http.services.one-canary.loadbalancer.server.port=80',
      'traefik.http.services.two-canary.loadbalancer.server.port=81',
    ]);
  });

  test('must be in the compose file itself', async () => {
    const asked = () =>
      fieldsOf('{ web: { labels: traefik } }', { web: { labels: RESOLVED } }, { web: {} });
    expect((await refusal(asked)).message).toBe(
      'The compose file does not itself say by what a router finds `web`: those of router `shop-web`.',
    );
  });

  test('is rejected with the reason if the proxy cannot replace the service', async () => {
    const asked = () =>
      fieldsOf('{ web: { labels: traefik } }', { web: { labels: {} } }, { web: {} });
    const error = await refusal(asked);
    expect(error.code).toBe('caller-unusable');
    expect(error.message).toBe(
      'The proxy cannot come between Traefik and `web`: it has no label of Traefik.',
    );
  });
});

describe('what nginx-proxy finds at the proxy', () => {
  const environment = {
    VIRTUAL_HOST: 'shop.example',
    VIRTUAL_PORT: '3000',
    LETSENCRYPT_HOST: 'x',
    TOKEN: 's',
  };

  test('is the host of the service, at a port of the proxy', () => {
    const found = fieldsOf(
      '{ web: { labels: nginx-proxy } }',
      { web: { environment } },
      {
        web: {
          environment: [
            'VIRTUAL_HOST=${HOST}',
            'VIRTUAL_PORT=3000',
            'LETSENCRYPT_HOST=${HOST}',
            'TOKEN=${T}',
          ],
        },
      },
    );
    expect(found).toEqual({
      labels: [],
      environment: ['VIRTUAL_HOST=${HOST}', 'LETSENCRYPT_HOST=${HOST}', 'VIRTUAL_PORT=3000'],
    });
  });

  test.each([
    [{ VIRTUAL_HOST: '' }, 'it has no `VIRTUAL_HOST` in its environment'],
    [{ VIRTUAL_HOST: 'x', VIRTUAL_PROTO: 'fastcgi' }, 'nginx-proxy speaks fastcgi to it'],
    [{ VIRTUAL_HOST: 'x', VIRTUAL_HOST_MULTIPORTS: 'x: {}' }, 'it has `VIRTUAL_HOST_MULTIPORTS`'],
  ])('is rejected with %j', async (settings, reason) => {
    const asked = () =>
      fieldsOf(
        '{ web: { labels: nginx-proxy, port: 80 } }',
        { web: { environment: settings } },
        {},
      );
    expect((await refusal(asked)).message).toContain(reason);
  });

  test('is one host per proxy', async () => {
    const two = { web: { environment }, api: { environment } };
    const asked = () =>
      fieldsOf('{ web: { labels: nginx-proxy }, api: { labels: nginx-proxy } }', two, two);
    expect((await refusal(asked)).message).toContain('can have only one `VIRTUAL_HOST`');
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Compose expands them.
