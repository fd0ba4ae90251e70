import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Storedog } from '../../test/support/storedog.ts';

/** What there is of a shop, by kind: what is more in the end than in the beginning was left behind. */
export type Belongings = Record<string, readonly string[]>;

/** Files that a project keeps: they change and grow, and are no leftovers. */
const KEPT =
  /^(releases|worktrees|proxy|stand-ins)(\/|$)|^(override\.yml|canary-yaml\.json|build\.log|\.gitignore)$/;

export async function belongingsOf(shop: Storedog): Promise<Belongings> {
  const filter = ['--filter', `label=com.docker.compose.project=${shop.project}`];
  const lines = async (...args: string[]) =>
    (await execa('docker', args)).stdout.split('\n').filter(Boolean).sort();
  const services = '{{.Label "com.docker.compose.service"}}';
  const own = join(shop.directory, '.canary');
  return {
    containers: await lines('ps', '--all', ...filter, '--format', services),
    volumes: await lines('volume', 'ls', '--quiet', ...filter),
    networks: await lines('network', 'ls', '--format', '{{.Name}}', ...filter),
    worktrees: (await shop.git('worktree', 'list', '--porcelain'))
      .split('\n')
      .filter((line) => line.startsWith('worktree ')),
    'files of canary': (await readdir(own)).filter((name) => !KEPT.test(name)),
    'worktrees on disk': await readdir(join(own, 'worktrees')).catch(() => []),
    'temporary files': (await readdir(tmpdir())).filter((name) =>
      /^canary-(?!test|bench)/.test(name),
    ),
    'anonymous volumes': await lines('volume', 'ls', '--quiet', '--filter', 'dangling=true'),
  };
}

/** Images of releases: the ones to go back to stay until `retention` ends. */
export async function imagesOf(shop: Storedog): Promise<number> {
  const { stdout } = await execa('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  return stdout.split('\n').filter((name) => name.startsWith(`${shop.project}-`)).length;
}

/** What is more than before, by kind. */
export function leftBehind(before: Belongings, after: Belongings): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(after).map(([kind, names]) => {
      const known = [...(before[kind] ?? [])];
      const left = names.filter((name) => {
        const at = known.indexOf(name);
        if (at >= 0) known.splice(at, 1);
        return at < 0;
      });
      return [kind, left];
    }),
  );
}
