import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCalls } from '../../../src/compose/services/service-map.ts';
import { composeCli } from '../../../src/system/docker/compose.ts';
import { processRunner } from '../../../src/system/process.ts';
import { render } from '../../../src/workflows/render.ts';
import { contextIn, neverAsked } from '../../support/fixture-context.ts';
import { branch, repository } from '../../support/fixture-project.ts';
import { largeStack } from '../../support/large-stack.ts';
import { peakMemory } from '../../support/peak-memory.ts';

/** Renders a branch of a stack with this many services; returns the number of Compose calls and the text. */
async function rendered(count: number) {
  const folder = await repository(largeStack(count));
  await branch(folder, 'cheaper', {});
  const calls: string[] = [];
  const run = processRunner({ PATH: process.env.PATH, HOME: process.env.HOME });
  const compose = composeCli((command, args, options) => {
    calls.push(args.includes('config') ? 'config' : (args.at(-2) ?? ''));
    return run(command, args, options);
  }, neverAsked);
  const context = { ...contextIn(folder), compose };
  const text = await render(context, 'cheaper');
  const scope = { projectDirectory: folder, files: [join(folder, 'compose.yaml')] };
  const taken = [...calls].sort();
  return { calls: taken, text, model: await context.compose.model(scope) };
}

test('a stack of hundreds of services needs no more Compose calls than one of ten', async () => {
  const [small, large] = [await rendered(10), await rendered(400)];
  // For the stable, the branch, and the clones alone.
  expect(large.calls).toEqual(['config', 'config', 'config', 'version']);
  expect(small.calls).toEqual(large.calls);
  // The override grows with what is chosen, not with the stack.
  expect(large.text.length).toBeLessThan(small.text.length * 1.5);
  expect(Object.keys(large.model.services)).toHaveLength(400);
  expect(findCalls(large.model)).toHaveLength(1200);
});

test('a stack of a thousand services needs less than 300 MB of memory', async () => {
  const folder = await repository(largeStack(1000));
  const program = fileURLToPath(new URL('../../../bin/canary.js', import.meta.url));
  const peak = await peakMemory(folder, [program, 'render', '--branch', 'main']);
  expect(peak).toBeGreaterThan(30);
  expect(peak).toBeLessThan(300);
});
