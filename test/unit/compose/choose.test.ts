import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChosenService,
  configText,
  describeChoice,
  findCandidates,
} from '../../../src/compose/choose.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { modelOf, SHOP } from '../../support/fixture-model.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const web = (published: string) => ({ ports: [{ target: 80, published, protocol: 'tcp' }] });

test('candidates are what keeps no data; likely is what is built here', () => {
  expect(findCandidates(SHOP)).toEqual([
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
  test('becomes entries with a preview port and inner services, with reasons', () => {
    expect(describeChoice(SHOP, ['frontend', 'discounts'])).toEqual([
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
        why: 'inner: it publishes no port',
      },
    ]);
  });

  test('takes a published service that another chosen one calls as inner', () => {
    const model = modelOf({
      web: { ...web('3000'), environment: { API: 'http://api' } },
      api: web('5001'),
    });
    expect(describeChoice(model, ['web', 'api'])[1]?.why).toBe('inner: web calls it by name');
    expect(describeChoice(model, ['api'])[0]?.entry).toBe(5001);
  });

  test('finds preview ports that nothing publishes, also at the upper end', () => {
    const model = modelOf({ a: web('3000'), b: web('13000'), c: web('60000') });
    const previews = describeChoice(model, ['a', 'b', 'c']).map((each) => each.preview);
    expect(previews).toEqual([13_001, 23_000, 50_000]);
  });

  test('named twice is one', () => {
    expect(describeChoice(SHOP, ['frontend', 'frontend'])).toHaveLength(1);
  });

  test('of a database is refused', async () => {
    const error = await refusal(() => describeChoice(SHOP, ['frontend', 'db']));
    expect(error.code).toBe('service-stateful');
  });
});

describe('canary.yaml', () => {
  test('is the same text for the same choice', () => {
    const choice = describeChoice(SHOP, ['frontend', 'discounts']);
    expect(configText(choice, 'main')).toMatchInlineSnapshot(`
      "# What canary clones, and where users come in. All settings: README of canary.
      version: 1
      services:
        frontend: { entry: 3000, preview: 13000 }
        discounts: {}
      "
    `);
    expect(configText(choice, 'main')).toBe(configText(structuredClone(choice), 'main'));
  });

  test('says which branch is the stable where it is not main', () => {
    const choice = describeChoice(SHOP, ['frontend']);
    const branch = 'release: "odd" #1';
    expect(parseConfig(configText(choice, branch), 'canary.yaml').git.stable).toBe(branch);
  });

  test('says what was chosen, whatever legal name a service has', () => {
    const legal = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/),
      fc.constantFrom('null', 'true', '1.50', '0x10', '1e3', '.5', '-', '---', '...', '-1', 'y'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(legal, { minLength: 1 }), (names) => {
        fc.pre(!names.includes('__proto__'));
        const choice = names.map(
          (service, index): ChosenService => ({
            service,
            entry: 3000 + index,
            preview: 13_000 + index,
            why: '',
          }),
        );
        const { services } = parseConfig(configText(choice, 'main'), 'canary.yaml');
        expect(new Map(Object.entries(services))).toEqual(
          new Map(choice.map(({ service, entry, preview }) => [service, { entry, preview }])),
        );
      }),
    );
  });
});
