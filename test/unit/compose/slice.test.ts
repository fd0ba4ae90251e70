import { describe, expect, test } from 'vitest';
import type { ComposePort, ComposeService } from '../../../src/compose/model/model.ts';
import { proxyService } from '../../../src/compose/render/proxy-service.ts';
import { chooseSlice } from '../../../src/compose/slice.ts';
import { config, modelOf, SHOP, shopSlice } from '../../support/fixture-model.ts';
import { refusal } from '../../support/fixture-refusal.ts';

describe('the slice of the shop', () => {
  test('has an entry with its ports and an internal service', () => {
    expect(shopSlice()).toEqual([
      {
        service: 'frontend',
        clone: 'frontend-canary',
        port: 80,
        entry: { port: 3000, hostIp: undefined, preview: 13_000 },
      },
      { service: 'discounts', clone: 'discounts-canary', port: 5001, entry: undefined },
    ]);
  });

  test('keeps the address a port is bound to', () => {
    const ports = [{ target: 80, published: '3000', host_ip: '127.0.0.1', protocol: 'tcp' }];
    const [member] = chooseSlice(config('{ web: { entry: 3000 } }'), modelOf({ web: { ports } }));
    expect(member?.entry?.hostIp).toBe('127.0.0.1');
  });

  test('takes the port from canary.yaml if a definition has none or another', () => {
    const model = modelOf({ web: SHOP.services.frontend ?? {}, worker: {} });
    const services = '{ web: { entry: 3000, port: 8080 }, worker: { port: 9000 } }';
    expect(chooseSlice(config(services), model).map((member) => member.port)).toEqual([8080, 9000]);
  });

  test('has no port for a worker that listens nowhere', () => {
    const model = modelOf({ web: SHOP.services.frontend ?? {}, worker: {} });
    const slice = chooseSlice(config('{ web: { entry: 3000 }, worker: {} }'), model);
    expect(slice[1]?.port).toBeUndefined();
  });
});

describe('a choice is rejected', () => {
  const web: ComposeService = { ports: [{ target: 80, published: '3000', protocol: 'tcp' }] };
  const refused = (services: ReturnType<typeof modelOf>['services'], choice?: string) =>
    refusal(() => chooseSlice(config(choice ?? '{ web: { entry: 3000 } }'), modelOf(services)));

  test('if there is no such service', async () => {
    expect(await refused({ shop: {}, db: {} })).toMatchObject({
      code: 'service-unknown',
      message: 'There is no service `web` in the compose file.',
      hint: 'It has: db, shop.',
    });
  });

  test('if the service keeps data', async () => {
    expect(await refused({ web: { ...web, image: 'redis:7' } })).toMatchObject({
      code: 'service-stateful',
      message:
        'Service `web` keeps data (its image is redis:7); it is shared with the canary, never cloned.',
    });
  });

  test.each([
    ['host', 'where its ports are taken already'],
    ['none', 'where nobody can reach it'],
    ['bridge', 'where containers cannot be found by name'],
    ['container:other', 'a container that the compose file does not define'],
  ])('with `network_mode: %s`', async (mode, why) => {
    expect(await refused({ web: { ...web, network_mode: mode } })).toMatchObject({
      code: 'service-not-cloneable',
      message: `Service \`web\` cannot be cloned: it uses \`network_mode: ${mode}\`, ${why}.`,
    });
  });

  test('without the service whose network it shares', async () => {
    const services = { web: { ...web, network_mode: 'service:vpn' }, vpn: {} };
    expect(await refused(services)).toMatchObject({
      code: 'service-not-cloneable',
      message: 'Service `web` cannot be cloned without `vpn`: `web` shares its `network_mode`.',
      hint: 'Choose both in canary.yaml, or with `canary init --service web --service vpn`.',
    });
  });

  test('if another service has the name of the clone or of the proxy', async () => {
    for (const name of ['web-canary', 'canary-proxy']) {
      const error = await refused({ web, [name]: {} });
      expect(error.code).toBe('service-not-cloneable');
      expect(error.message).toContain(`\`${name}\` is taken`);
    }
  });

  test.each(['.web', 'web..1', 'x'.repeat(57)])('if %s is no valid DNS name', async (name) => {
    const error = await refused({ [name]: web }, `{ "${name}": { entry: 3000 } }`);
    expect(error.code).toBe('service-not-cloneable');
    expect(error.message).toContain('DNS');
  });

  test('if the port is not published; the published ones are named', async () => {
    const ports = [{ target: 80, published: '8080', protocol: 'tcp' }];
    expect(await refused({ web: { ports } })).toMatchObject({
      code: 'port-unknown',
      message: 'Service `web` does not publish port 3000.',
      hint: 'It publishes 8080.',
    });
    expect((await refused({ web: {} })).hint).toBe('It publishes no port; an entry needs one.');
  });

  test('if the port is published for UDP only', async () => {
    const ports = [{ target: 80, published: '3000', protocol: 'udp' }];
    expect((await refused({ web: { ports } })).code).toBe('port-unknown');
  });
});

describe('one port at several addresses of the host', () => {
  const at = (host_ip: string, target = 8000) => ({ target, published: '80', host_ip });
  const sliceOf = (ports: ComposePort[]) =>
    chooseSlice(config('{ web: { entry: 80, preview: 90 } }'), modelOf({ web: { ports } }));

  test('is taken over at each of them', () => {
    const [member] = sliceOf([at('127.0.0.1'), at('10.0.0.5'), at('::1')]);
    expect(member?.entry).toMatchObject({ hostIp: '127.0.0.1', otherIps: ['10.0.0.5', '::1'] });
    const { ports } = proxyService(
      { image: 'haproxy', owner: { uid: 0, gid: 0 }, runDirectory: '/run' },
      member ? [member] : [],
      { name: 'shop', services: {} },
    );
    const published = (ports as { host_ip: string; published: string }[]).map(
      (each) => `${each.host_ip} ${each.published}`,
    );
    expect(published).toEqual([
      ...['127.0.0.1 80', '127.0.0.1 90', '10.0.0.5 80', '10.0.0.5 90', '::1 80', '::1 90'],
    ]);
  });

  test('is rejected if it is another port of the container there', () => {
    expect(() => sliceOf([at('127.0.0.1'), at('127.0.0.2', 8001)])).toThrow(
      'Service `web` publishes port 80 for its ports 8000 and 8001, at different addresses.',
    );
  });
});
