import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs TypeScript of this repository, which Node 20 cannot read itself: bundles `entry` into a file, imports it and
 * removes it.
 *
 * @param {string} entry The file to run, from the top of the repository.
 * @param {string} place Where the bundle is below `.setup`: code that finds the repository's files from its own place
 *   must be as deep there as in its source.
 */
export async function importBundled(entry, place) {
  const outfile = `${root}.setup/${place}`;
  await build({
    entryPoints: [`${root}${entry}`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  try {
    return await import(outfile);
  } finally {
    await rm(outfile, { force: true });
  }
}
