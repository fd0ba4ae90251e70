import { describe, expect, test } from 'vitest';
import type { ComposeModel } from '../../../../src/compose/model/model.ts';
import { renderOverride } from '../../../../src/compose/render/override.ts';
import { chooseSlice } from '../../../../src/compose/slice.ts';
import { parseConfig } from '../../../../src/config/parse.ts';
import { modelOf } from '../../../support/fixture-model.ts';
import { refusal } from '../../../support/fixture-refusal.ts';
import { readLayers } from '../../../support/fixture-yaml.ts';

const PROXY = {
  image: 'haproxy',
  definition: 'd',
  owner: { uid: 0, gid: 0 },
  runDirectory: '/run',
};
const PORTS = [{ target: 80, published: '3000', protocol: 'tcp' }];
const IMAGE = `sha256:${'1'.repeat(64)}`;

const configured = (services: string, analysis = '{ baseline: true }') =>
  parseConfig(`version: 1\nservices: ${services}\nanalysis: ${analysis}\n`, 'canary.yaml');

const baselinesIn = (services: string, model: ComposeModel, analysis?: string) =>
  chooseSlice(configured(services, analysis), model).map(({ baseline }) => baseline);

/** The layers of an override with the baseline of `web`. */
function layers(web: ComposeModel['services'][string], files = ['compose.yml']) {
  const model = modelOf({
    web: { ports: PORTS, ...web },
    api: { expose: ['80'], ...(web.networks ? { networks: web.networks } : {}) },
  });
  const slice = chooseSlice(
    configured('{ web: { entry: 3000 }, api: { mesh: { callers: [web] } } }'),
    model,
  );
  const baselines = { web: { image: IMAGE, files } };
  return readLayers(renderOverride({ model, slice, proxy: PROXY, clones: undefined, baselines }));
}

describe('a baseline in the override', () => {
  test('is the stable as its own files define it, with the running image, without its names and ports', () => {
    const networks = { front: { aliases: ['shop'], ipv4_address: '10.0.0.5' }, back: null };
    const [layer] = layers({ networks, build: { context: '.' }, container_name: 'the-web' });
    expect(layer?.services['web-baseline']).toMatchObject({
      extends: { file: 'compose.yml', service: 'web' },
      image: IMAGE,
      build: { '!reset': null },
      pull_policy: 'never',
      container_name: { '!reset': null },
      hostname: { '!reset': null },
      ports: { '!reset': [] },
      networks: { '!override': { front: {}, back: {} } },
      labels: { 'dev.canary.role': 'baseline', 'dev.canary.service': 'web' },
    });
  });

  test('calls other services the way the stable does', () => {
    const [layer] = layers({ links: ['api:api', 'db'] });
    const links = {
      external_links: ['canary-proxy:api'],
      links: { '!override': ['db'] },
    };
    expect(layer?.services['web-baseline']).toMatchObject(links);
    expect(layer?.services.web).toMatchObject(links);
  });

  test('is one container, whatever the number of replicas', () => {
    expect(layers({ scale: 3 })[0]?.services['web-baseline']).toMatchObject({ scale: 1 });
    const [layer] = layers({ deploy: { replicas: 3 } });
    expect(layer?.services['web-baseline']).toMatchObject({ deploy: { replicas: 1 } });
    expect(layers({})[0]?.services['web-baseline']).not.toHaveProperty('scale');
  });

  test('of a service in several files extends each file once', () => {
    const found = layers({}, ['a.yml', 'b.yml']).map((each) => each.services['web-baseline']);
    expect(found.map((each) => each?.extends)).toEqual([
      { file: 'a.yml', service: 'web' },
      { file: 'b.yml', service: 'web' },
    ]);
    expect(found.map((each) => 'image' in (each ?? {}))).toEqual([false, true]);
  });
});

describe('a baseline is', () => {
  const shop = modelOf({ web: { ports: PORTS }, api: { expose: ['80'] } });

  test('made for every user-facing service, only if canary.yaml asks for it', () => {
    const services = '{ web: { entry: 3000 }, api: {} }';
    expect(baselinesIn(services, shop)).toEqual(['web-baseline', undefined]);
    for (const analysis of ['{}', 'false', '{ baseline: false }'])
      expect(baselinesIn(services, shop, analysis)).toEqual([undefined, undefined]);
  });

  test('not made for a service of raw bytes, because its requests are not seen', () => {
    for (const protocol of ['tcp', 'tls'])
      expect(baselinesIn(`{ web: { entry: 3000, protocol: ${protocol} } }`, shop)).toEqual([
        undefined,
      ]);
    expect(baselinesIn('{ web: { entry: 3000, protocol: http2 } }', shop)).toEqual([
      'web-baseline',
    ]);
  });

  test('rejected if its name is taken or is no valid DNS name', async () => {
    const taken = modelOf({ web: { ports: PORTS }, 'web-baseline': {} });
    expect(await refusal(() => baselinesIn('{ web: { entry: 3000 } }', taken))).toMatchObject({
      code: 'service-not-cloneable',
      message: expect.stringContaining('the name `web-baseline` is taken'),
    });
    const long = 'x'.repeat(56);
    const far = modelOf({ [long]: { ports: PORTS } });
    expect(
      (await refusal(() => baselinesIn(`{ ${long}: { entry: 3000 } }`, far))).message,
    ).toContain('DNS');
    expect(baselinesIn('{ web: { entry: 3000 } }', taken, '{}')).toEqual([undefined]);
  });
});
