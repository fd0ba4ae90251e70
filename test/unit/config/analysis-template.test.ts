import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';

const template = new URL('../../../templates/analysis.yaml', import.meta.url);

it('the parts of the template are valid in a canary.yaml, and show every kind', async () => {
  const parts = await readFile(template, 'utf8');
  const services = 'version: 1\nservices: { frontend: { entry: 3000 } }\n';
  const { analysis, hooks, steps, proxy } = parseConfig(`${services}${parts}`, 'canary.yaml');
  if (!analysis) throw new Error('nobody is asked');
  for (const kind of ['prometheus', 'http', 'command'] as const)
    expect(analysis[kind]).not.toEqual([]);
  expect(hooks.preDeploy).not.toEqual([]);
  expect(steps.flatMap(({ gates }) => gates ?? [])).toHaveLength(2);
  expect(proxy.metrics).toBe(8405);
});
