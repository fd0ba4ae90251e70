import { expect, test } from 'vitest';
import { digestedModel, joinsContainer } from '../../../../src/compose/model/digest.ts';

test('files whose values are in the definition are not part of its digest', () => {
  const values = { environment: { A: '$$1' }, labels: { b: '2' } };
  const files = { env_file: [{ path: '/shop/.env' }], label_file: ['/shop/front.labels'] };
  const model = (service: object) => ({ name: 'shop', services: { web: service } });
  const digested = digestedModel(model({ ...values, ...files }));
  expect(JSON.stringify(digested)).toBe(JSON.stringify(model(values)));
});

test('a service whose digest has the id of a container in it', () => {
  const model = {
    name: 'shop',
    services: {
      web: {},
      sidecar: { network_mode: 'service:web' },
      backup: { volumes_from: ['web:ro'] },
      alone: { network_mode: 'host', links: ['web'] },
    },
  };
  const joined = Object.keys(model.services).filter((name) => joinsContainer(name, model));
  expect(joined).toEqual(['sidecar', 'backup']);
});
