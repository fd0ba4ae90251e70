import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setImage } from '../../src/compose/images/image-text.ts';
import { readDefinitions } from '../../src/compose/model/definitions.ts';
import { findProblem } from '../../src/compose/model/problem.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { CanaryError } from '../../src/errors.ts';
import { isTooDeep } from '../../src/yaml-depth.ts';

/** Each ends a process, or takes it minutes, if it is read level by level. */
const DEEP = [
  ['sequences in flow style', '['.repeat(50_000)],
  ['mappings in flow style', '{a: '.repeat(20_000)],
  ['sequences on one line', '- '.repeat(50_000)],
  ['keys that are mappings', '? '.repeat(50_000)],
  ['flow style over lines, with ends in comments', '[ # ]\n'.repeat(20_000)],
  ['indented mappings', Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
] as const;

test.each(DEEP)('%s that are nested too deep end no process', (_, text) => {
  expect(isTooDeep(text)).toBe(true);
  expect(() => parseConfig(text, 'canary.yaml')).toThrow(CanaryError);
  expect(() => readDefinitions(text)).toThrow('nested more than 500 levels');
  expect(setImage(text, 'web', 'shop:2')).toBeUndefined();
  const file = { name: 'compose.yaml', path: '/compose.yaml', text };
  for (const message of ['yaml: line 1: mapping values', 'services.web.ports must be a list'])
    expect(() => findProblem(message, [file])).not.toThrow();
});

test('what people nest is not too deep, however much there is of it', () => {
  const nested = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(nested, nested, (depth, more) => {
      const text = `${'['.repeat(depth)}${']'.repeat(depth)}\n`;
      expect(isTooDeep(`a:\n${`  - ${text}`.repeat(more)}`)).toBe(false);
    }),
    { numRuns: 50 },
  );
});
