import type { ComposeModel } from '../../src/compose/model/model.ts';
import { chooseSlice, cloneableService, type SliceMember } from '../../src/compose/slice.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { CanaryConfig } from '../../src/config/schema.ts';
import { hasCode } from '../../src/errors.ts';

/** A shop as Compose resolves it: an entry, an internal service, a shared service, a database. */
export const SHOP: ComposeModel = {
  name: 'shop',
  services: {
    frontend: {
      build: { context: '/shop/frontend' },
      environment: { DISCOUNTS_URL: 'http://discounts:5001', ADS: 'ads:5002', BANNER: null },
      depends_on: { discounts: { condition: 'service_started', required: true } },
      networks: { default: null },
      ports: [{ target: 80, published: '3000', protocol: 'tcp' }],
    },
    discounts: {
      build: { context: '/shop/discounts' },
      environment: { POSTGRES_HOST: 'db', POSTGRES_USER: 'shop', POSTGRES_PASSWORD: 'hunter2' },
      depends_on: { db: { condition: 'service_healthy', required: true } },
      networks: { default: null },
      expose: ['5001'],
    },
    ads: {
      image: 'example/ads:1',
      environment: { POSTGRES_HOST: 'db' },
      networks: { default: null },
    },
    db: {
      image: 'postgres:17',
      networks: { default: null },
      volumes: [{ type: 'volume', source: 'db-data', target: '/var/lib/postgresql/data' }],
    },
  },
  networks: { default: { name: 'shop_default' } },
  volumes: { 'db-data': { name: 'shop_db-data' } },
};

/** A model with only these services. */
export function modelOf(services: ComposeModel['services']): ComposeModel {
  return { name: 'shop', services };
}

/** Whether a service of this name can be part of a slice. */
export function canBeChosen(name: string): boolean {
  try {
    cloneableService(modelOf({ [name]: {} }), name);
    return true;
  } catch (error) {
    if (hasCode(error, 'service-not-cloneable')) return false;
    throw error;
  }
}

/** canary.yaml of the shop, or with other services. */
export function config(
  services = '{ frontend: { entry: 3000, preview: 13000 }, discounts: {} }',
): CanaryConfig {
  return parseConfig(`version: 1\nservices: ${services}\n`, 'canary.yaml');
}

export function shopSlice(): SliceMember[] {
  return chooseSlice(config(), SHOP);
}
