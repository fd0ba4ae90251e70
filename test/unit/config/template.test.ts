import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';

const template = new URL('../../../templates/canary.yaml', import.meta.url);

it('the template is valid, and shows canary’s defaults', async () => {
  const whole = await readFile(template, 'utf8');
  const short = whole.split('# ----')[0] ?? '';
  expect(parseConfig(whole, 'canary.yaml')).toEqual(parseConfig(short, 'canary.yaml'));
});

it('the template contains every setting', async () => {
  const whole = await readFile(template, 'utf8');
  for (const key of Object.keys(parseConfig(whole, 'canary.yaml'))) {
    expect(whole).toMatch(new RegExp(`^(# )?${key}:`, 'm'));
  }
});
