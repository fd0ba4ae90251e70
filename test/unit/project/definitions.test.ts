import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { definitionsIn } from '../../../src/project/checkout/definitions.ts';
import { refusal } from '../../support/fixture-refusal.ts';

/** As many as would take years if each file were read as often as it is named. */
const LEVELS = 40;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'definitions-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Two files at each level, both of which name both of the next. */
async function levels(text: (next: string[]) => string) {
  for (let level = 0; level < LEVELS; level += 1)
    for (const side of ['a', 'b'])
      await writeFile(
        join(folder, `${side}${level}.yml`),
        text(level + 1 < LEVELS ? [`a${level + 1}.yml`, `b${level + 1}.yml`] : []),
      );
  const reading = { expand: async (paths: readonly string[]) => [...paths], ownPath: String };
  return definitionsIn([join(folder, 'a0.yml')], folder, reading);
}

test('files that extend the same files are read once', async () => {
  const [first] = await levels((next) => {
    const services = next.map((file) => `  ${file[0]}: { extends: { file: ${file} } }\n`);
    return `services:\n  x: {}\n${services.join('')}`;
  });
  expect(new Set(first?.extended).size).toBe(2 * LEVELS - 2);
});

test('files that include the same files again and again are refused', async () => {
  const error = await refusal(() => levels((next) => `include: [${next.join()}]\n`));
  expect(error.code).toBe('compose-file-invalid');
});
