import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';

const template = new URL('../../../templates/canary.yaml', import.meta.url);

it('the template is valid, and shows what canary does when a setting is left out', async () => {
  const whole = await readFile(template, 'utf8');
  const short = whole.split('# ----')[0] ?? '';
  expect(parseConfig(whole, 'canary.yaml')).toEqual(parseConfig(short, 'canary.yaml'));
});

it('the template names every setting', async () => {
  const whole = await readFile(template, 'utf8');
  for (const key of Object.keys(parseConfig(whole, 'canary.yaml'))) {
    expect(whole).toMatch(new RegExp(`^(# )?${key}:`, 'm'));
  }
});
