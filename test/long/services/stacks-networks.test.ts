import { expect } from 'vitest';
import { describeStack } from '../../support/stack-suite.ts';

/** Stacks whose services are found by addresses, names, labels and ports. */

describeStack({
  title: 'fixed addresses, names and aliases',
  folder: 'fixed-addresses',
  clones: ['api', 'web'],
  reaches: {
    '/call/api:8080/': ['api stable', 'api canary'],
    '/call/mail:8080/call/web:8080/': 'web stable',
    '/call/mail:8080/call/www:8080/': 'web stable',
    '/call/mail:8080/call/shop.internal:8080/': 'web stable',
    '/call/mail:8080/call/data.internal:8080/': 'api stable',
  },
  also: {
    'gives the clone addresses of its own, in the same networks': async (stack) => {
      const [stable] = await stack.inspect('web');
      const [clone] = await stack.inspect('web-canary');
      const networks = (each: typeof stable) => each.NetworkSettings.Networks;
      expect(Object.keys(networks(clone)).sort()).toEqual(Object.keys(networks(stable)).sort());
      for (const [name, { IPAddress, MacAddress }] of Object.entries<typeof stable>(
        networks(stable),
      )) {
        expect(networks(clone)[name].IPAddress).not.toBe(IPAddress);
        expect(networks(clone)[name].MacAddress).not.toBe(MacAddress);
      }
      expect(clone.Config.Hostname).not.toBe('web.example.com');
    },
    'leads the stable’s names to the stable alone': async (stack) => {
      const [{ NetworkSettings }] = await stack.inspect('web');
      const front = NetworkSettings.Networks[`${stack.project}_front`].IPAddress;
      for (const name of ['www', 'shop.internal'])
        expect(await stack.ask('stable', `/call/mail:8080/dns/${name}`)).toEqual([front]);
    },
  },
  ends: ['abort', 'down'],
});

describeStack({
  title:
    'replicas, a range of ports, limits, and labels by which routers and watchers find services',
  folder: 'labels-and-replicas',
  services: ['web', 'api'],
  // The setting by which nginx-proxy finds it.
  emptySettings: ['VIRTUAL_HOST'],
  clones: ['api', 'api', 'web'],
  reaches: { '/call/api:8080/': ['api stable', 'api canary'] },
  also: {
    'gives the clone the limits of the stable': async (stack) => {
      const limits = async (service: string) => {
        const [{ HostConfig, Config }] = await stack.inspect(service);
        const { Memory, NanoCpus, Ulimits, RestartPolicy } = HostConfig;
        return { Memory, NanoCpus, Ulimits, RestartPolicy, stop: Config.StopTimeout };
      };
      expect(await limits('web-canary')).toEqual(await limits('web'));
      expect((await limits('web')).Memory).toBe(200 * 1024 * 1024);
    },
    'leaves the rest of the range at the stable': async (stack) => {
      const answer = await fetch(`http://127.0.0.1:${stack.port + 1}/`, {
        headers: { 'X-Canary': 'canary' },
      });
      expect(await answer.json()).toBe('web stable');
    },
    'keeps labels off the clones by which the stable is found, and the rest on': async (stack) => {
      for (const service of ['web-canary', 'api-canary']) {
        const [{ Config }] = await stack.inspect(service);
        const finding = /^(traefik|caddy|prometheus|com\.centurylinklabs)/;
        // Switched off equals missing.
        const labels = Object.entries(Config.Labels).filter(([, value]) => value !== 'false');
        expect(labels.filter(([label]) => finding.test(label))).toEqual([]);
        expect(Config.Labels['org.example.team']).toBe('shop');
      }
    },
  },
  ends: ['down'],
});
