import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeLines } from '../../../src/project/images/lasting.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

test.each([
  ['that a service mounts alone stays the same file', true],
  ['that no service mounts is replaced as a whole', false],
])('an env file %s', async (_, isMounted) => {
  const file = join(await emptyFolder(), '.env');
  await writeFile(file, '# ours\nVERSION=1\nOTHER=x\n');
  const { ino } = await stat(file);
  const volumes = [{ type: 'bind', source: isMounted ? file : '/elsewhere', target: '/app/.env' }];
  await writeLines({ model: { name: 'shop', services: { web: { volumes } } } }, file, [
    'VERSION=1.10',
  ]);
  expect(await readFile(file, 'utf8')).toBe('# ours\nVERSION=1.10\nOTHER=x\n');
  expect((await stat(file)).ino === ino).toBe(isMounted);
});
