import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { canary } from '../support/fixture-cli.ts';
import { type Outcome, tryChoices } from './choices.ts';
import { faultsOfClones } from './every-service.ts';
import { groundOf } from './ground.ts';
import { inCopy, readRejected, readStacks, sampleOf } from './stacks.ts';

vi.mock(import('../../src/system/process.ts'), async (original) => {
  const [real, { remembering }] = [await original(), await import('./remembering.ts')];
  return { ...real, processRunner: (env) => remembering(real.processRunner(env)) };
});

const folder = process.env.CANARY_CORPUS ?? '';
const stacks = sampleOf(await readStacks(folder), 'CANARY_CORPUS_STACKS');
// Compose rejects some of them only together with others.
const rejected = (await readRejected(folder)).filter(
  (path) => !isAccepted(join(folder, 'rejected', path)),
);
const outcomes: Outcome[] = [];

describe.concurrent('a stack', () => {
  test.each(stacks)('$name', async (stack) => {
    const faults = await inCopy(join(folder, stack.name), async (copy) => {
      const ground = await groundOf(copy, stack);
      const tried = await tryChoices(ground, stack);
      outcomes.push(...tried);
      const accepted = tried.filter(({ refusal }) => refusal === undefined);
      const ofClones = await faultsOfClones(
        ground,
        accepted.map(({ choice }) => choice),
      );
      const ofChoices = tried.flatMap((each) => each.faults.map((it) => `(${each.choice}) ${it}`));
      return [...ofClones, ...ofChoices];
    });
    // A list would be cut short in the output.
    expect(faults.join('\n')).toBe('');
  });
});

test('at most one sensible choice in ten is rejected', () => {
  const refused = outcomes.filter(({ refusal }) => refusal !== undefined);
  const table = refused.map(({ stack, choice, refusal }) => `${stack}\t${choice}\t${refusal}`);
  const share = `${refused.length} of ${outcomes.length} choices are refused:`;
  process.stdout.write(`${[share, ...table.sort()].join('\n')}\n`);
  expect(refused.length).toBeLessThanOrEqual(outcomes.length / 10);
});

describe('a file that Compose rejects', () => {
  test.each(rejected)('%s', async (path) => {
    await inCopy(join(folder, 'rejected', join(path, '..')), async (copy) => {
      const name = path.split('/').at(-1) ?? '';
      const init = ['init', '--yes', '--no-commit'];
      const { exitCode, stderr } = await canary(copy, ['--file', name, '--profile', '*', ...init]);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining(`${name}:`),
      });
    });
  });
});

function isAccepted(path: string): boolean {
  const args = ['compose', '--file', path, '--profile', '*', 'config', '--quiet'];
  return spawnSync('docker', args).status === 0;
}
