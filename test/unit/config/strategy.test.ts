import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const parse = (settings: string) =>
  parseConfig(`version: 1\nservices: { web: { entry: 80 } }\n${settings}\n`, 'canary.yaml');
const problems = async (settings: string) => (await refusal(() => parse(settings))).details;

const DAY = 86_400_000;

describe('a strategy', () => {
  test.each([
    ['canary', { kind: 'canary' }],
    ['{ canary: }', { kind: 'canary' }],
    ['blue-green', { kind: 'blue-green' }],
    ['{ blue-green: {} }', { kind: 'blue-green' }],
    ['rolling', { kind: 'rolling', for: 60_000 }],
    ['{ rolling: { for: 30s } }', { kind: 'rolling', for: 30_000 }],
    ['ab', { kind: 'ab', weight: 50, for: 14 * DAY }],
    ['{ ab: { weight: 12.5, for: 3d12h } }', { kind: 'ab', weight: 12.5, for: 3.5 * DAY }],
  ])('%s is a name, or a name with its settings', (text, expected) => {
    expect(parse(`strategy: ${text}`).strategy).toEqual(expected);
  });

  test.each([
    ['green', 'line 3, strategy: is not canary, blue-green, rolling or ab'],
    ['[ab]', 'line 3, strategy: is not canary, blue-green, rolling or ab'],
    ['{}', 'line 3, strategy: must name exactly one strategy'],
    ['{ ab: {}, rolling: {} }', 'line 3, strategy: must name exactly one strategy'],
    ['{ canary: { for: 1m } }', 'line 3, strategy.canary.for: is not a setting this version knows'],
    ['{ ab: { weight: 100 } }', 'line 3, strategy.ab.weight: leaves one side without users'],
    ['{ ab: { weight: 0.001 } }', 'line 3, strategy.ab.weight: is finer than steps of 0.01'],
    [
      '{ rolling: { for: 0s } }',
      'line 3, strategy.rolling.for: is not a duration such as 30s, 5m or 14d, of at most 366 days',
    ],
    [
      '{ ab: { for: 367d } }',
      'line 3, strategy.ab.for: is not a duration such as 30s, 5m or 14d, of at most 366 days',
    ],
  ])('%s is rejected', async (text, problem) => {
    expect(await problems(`strategy: ${text}`)).toEqual([problem]);
  });
});

describe('steps', () => {
  test.each([
    ['[{ weight: 0.07, for: 5m }]', [{ weight: 0.07, for: 300_000 }]],
    ['[{ weight: 2.5%, for: 5m }]', [{ weight: 2.5, for: 300_000 }]],
    ['[{ weight: 0 }, { pause: true }]', [{ weight: 0 }, { pause: true }]],
    [
      '[{ pause: true }, { weight: 5, for: 1d }, { weight: 100 }]',
      [{ pause: true }, { weight: 5, for: DAY }, { weight: 100 }],
    ],
  ])('%s', (text, expected) => {
    expect(parse(`steps: ${text}`).steps).toEqual(expected);
  });

  test('all wrong ones are reported with their lines', async () => {
    const text = `steps:
  - { weight: 50, for: 5m, hurry: true }
  - { weight: 101 }
  - { weight: 5, for: soon }
  - { weight: five }
  - { weight: 60, pause: true }
  - { pause: false }
  - { for: 5m }
  - 5`;
    expect(await problems(text)).toEqual([
      'line 4, steps.0.hurry: is not a setting this version knows',
      'line 5, steps.1.weight: is not a weight from 0 to 100',
      'line 6, steps.2.for: is not a duration such as 30s, 5m or 14d, of at most 366 days',
      'line 7, steps.3.weight: is not a weight from 0 to 100',
      'line 8, steps.4: is a weight or a pause, not both: make it two steps',
      'line 9, steps.5.pause: is not `true`',
      'line 10, steps.6: has neither `weight` nor `pause`',
      'line 11, steps.7: is not a step such as { weight: 10, for: 5m } or { pause: true }',
    ]);
  });

  test('have rising weights, and each has a duration', async () => {
    const text = `steps:
  - { weight: 50, for: 5m }
  - { weight: 20 }
  - { weight: 50, for: 5m }
  - { weight: 60 }
  - { pause: true }
  - { weight: 70 }`;
    expect(await problems(text)).toEqual([
      'line 5, steps.1: needs `for`, or a `pause` after it',
      'line 5, steps.1.weight: is not above 50: weights rise from step to step',
      'line 6, steps.2.weight: is not above 50: weights rise from step to step',
    ]);
    expect(await problems('steps: [{ pause: true }]')).toEqual(['line 3, steps: have no weight']);
  });

  test.each(['blue-green', 'rolling', 'ab'])('are rejected for %s', async (name) => {
    expect(await problems(`strategy: ${name}\nsteps: [{ weight: 5 }]`)).toEqual([
      `line 4, steps: need \`strategy: canary\`; this is ${name}`,
    ]);
  });
});
