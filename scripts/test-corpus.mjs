#!/usr/bin/env node
// Tests canary with other people's stacks: `npm run test:corpus DIR`, where DIR has an INDEX.tsv (CONTRIBUTING.md).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || !existsSync(join(folder, 'INDEX.tsv'))) {
  console.error('Usage: npm run test:corpus DIR, where DIR holds an INDEX.tsv');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'corpus', ...rest],
  { cwd: root, stdio: 'inherit', env: { ...process.env, CANARY_CORPUS: resolve(folder) } },
);
process.exitCode = status ?? 1;
