import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseLikely, chooseNamed } from '../../../../src/compose/choose/choose.ts';
import { configText } from '../../../../src/compose/choose/config-text.ts';
import { readStack } from '../../../../src/compose/choose/stack.ts';
import type { ComposeModel, ComposeService } from '../../../../src/compose/model/model.ts';
import { takenPorts } from '../../../../src/compose/services/open-port.ts';
import { parseConfig } from '../../../../src/config/parse.ts';
import { CanaryError } from '../../../../src/errors.ts';
import { modelOf } from '../../../support/fixture-model.ts';

const NAMES = ['api', 'db', 'shop', 'nginx', 'jobs', 'side', 'init'];

const service: fc.Arbitrary<ComposeService> = fc
  .record({
    image: fc.constantFrom('acme/app', 'postgres:17', 'nginx:1', 'adminer', 'traefik:v3'),
    isBuilt: fc.boolean(),
    published: fc.option(fc.constantFrom('80', '443', '3000', '8000-8010'), { nil: undefined }),
    calls: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    waits: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    command: fc.constantFrom(undefined, ['sidekiq'], ['migrate']),
    mode: fc.constantFrom(undefined, undefined, undefined, 'service:shop'),
    labels: fc.constantFrom(undefined, undefined, { 'traefik.enable': 'true' }),
  })
  .map(({ image, isBuilt, published, calls, waits, command, mode, labels }) => ({
    ...(isBuilt ? { build: {} } : { image }),
    ...(published ? { ports: [{ target: 80, published, protocol: 'tcp' }] } : {}),
    environment: Object.fromEntries(calls.map((name) => [`URL_${name}`, `http://${name}:80`])),
    depends_on: Object.fromEntries(waits.map((name) => [name, { condition: 'service_started' }])),
    ...(command ? { command } : {}),
    ...(mode ? { network_mode: mode } : {}),
    ...(labels ? { labels } : {}),
  }));

const model = fc
  .dictionary(fc.constantFrom(...NAMES), service, { minKeys: 1 })
  .map((services) => modelOf({ ...services }));

const reversed = ({ services }: ComposeModel) =>
  modelOf(Object.fromEntries(Object.entries(services).toReversed()));

const likelyText = (each: ComposeModel) => {
  const choice = chooseLikely(readStack(each));
  return choice && configText(choice.services, 'main');
};

test('a choice without a question is valid, never keeps data, and ignores the order of the file', () => {
  fc.assert(
    fc.property(model, (each) => {
      const text = likelyText(each);
      expect(likelyText(reversed(each))).toBe(text);
      if (text === undefined) return;
      const { services } = parseConfig(text, 'canary.yaml');
      const stack = readStack(each);
      for (const [name, { preview }] of Object.entries(services)) {
        expect(['app', 'companion']).toContain(stack.roles[name]?.role);
        expect(preview !== undefined && takenPorts(each).has(preview)).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});

test('a named service is in a valid choice, or rejected with a reason', () => {
  fc.assert(
    fc.property(model, fc.constantFrom(...NAMES), (each, name) => {
      try {
        const { services } = chooseNamed(readStack(each), [name]);
        const { services: written } = parseConfig(configText(services, 'main'), 'canary.yaml');
        expect(Object.keys(written)).toContain(name);
        for (const { why } of services) expect(why).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(CanaryError);
        expect((error as CanaryError).exitCode).toBe(2);
        expect((error as CanaryError).code).not.toBe('config-invalid');
      }
    }),
    { numRuns: 100 },
  );
});
