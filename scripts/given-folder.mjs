import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The folder that the first argument names, and the arguments after it; ends with the usage if it lacks `marker`.
 *
 * @param {string} command
 * @param {string} marker
 */
export function givenFolder(command, marker) {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined || !existsSync(join(folder, marker))) {
    console.error(`Usage: npm run ${command} DIR, where DIR holds ${marker}`);
    process.exit(2);
  }
  return { folder: resolve(folder), rest };
}

/**
 * Runs a ring of the tests whose material lies in that folder, and takes over its exit code.
 *
 * @param {string} project
 * @param {{ folder: string; rest: string[] }} given
 */
export function runRing(project, { folder, rest }) {
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project, ...rest],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, [`CANARY_${project.toUpperCase()}`]: folder },
    },
  );
  process.exitCode = status ?? 1;
}
