import { chown, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import {
  COMPOSE,
  emptyFolder,
  fingerprint,
  git,
  repository,
  SHOP_FILES,
  writeFiles,
} from '../../support/fixture-project.ts';

/** A shop whose branch `main` contains a link that leads to somebody else's folder. */
async function shopWithLink(path: string): Promise<{ shop: string; victim: string }> {
  const victim = await emptyFolder();
  await writeFiles(victim, { 'photos/cat.jpg': 'meow', 'abcdef0/notes': 'mine' });
  const shop = await repository({
    ...SHOP_FILES,
    'docker-compose.yml': COMPOSE.replace('name: shop', 'name: canary-links'),
    [join(dirname(path), '.keep')]: '',
  });
  await symlink(victim, join(shop, path));
  await git(shop, 'add', '--all', '--force');
  await git(shop, 'commit', '--quiet', '--message', 'A link');
  return { shop, victim };
}

describe.each(['.canary', '.canary/worktrees', '.canary/releases', '.canary/proxy'])(
  'a committed link %s',
  (path) => {
    test.each([['abort'], ['down', '--yes'], ['deploy', '--branch', 'main']])(
      'is not followed by canary %s',
      async (...argv) => {
        const { shop, victim } = await shopWithLink(path);
        const before = await fingerprint(victim);
        const { stderr, exitCode } = await canary(shop, argv);
        expect(await fingerprint(victim)).toEqual(before);
        expect({ stderr, exitCode }).toEqual({
          stderr: `✖ DIR/${path} is a symbolic link, so it is not canary's own.\n  Look at it, then move it away: canary creates its folders itself.\n`,
          exitCode: 2,
        });
      },
    );
  },
);

test('a folder of the branch that leads out of the worktree gets no link to the settings', async () => {
  const outside = await emptyFolder();
  const compose = COMPOSE.replace(
    'build: ./frontend',
    'build: ./frontend\n    env_file: [conf/app.env]',
  );
  const shop = await repository({ ...SHOP_FILES, 'docker-compose.yml': compose });
  await git(shop, 'switch', '--quiet', '--create', 'canary');
  await symlink(outside, join(shop, 'conf'));
  await git(shop, 'add', '--all');
  await git(shop, 'commit', '--quiet', '--message', 'A link');
  await git(shop, 'switch', '--quiet', 'main');
  // The settings of production, which git does not track.
  await writeFiles(shop, { 'conf/app.env': 'KEY=1\n' });
  const { stderr, exitCode } = await canary(shop, ['plan', '--branch', 'canary']);
  expect(await readdir(outside)).toEqual([]);
  expect(stderr).toContain('conf/app.env');
  expect(exitCode).toBe(2);
});

test('abort leaves what is not a worktree of its own in the folder of its worktrees', async () => {
  const shop = await repository({
    ...SHOP_FILES,
    'docker-compose.yml': COMPOSE.replace('name: shop', 'name: canary-links'),
  });
  await writeFiles(shop, {
    '.canary/worktrees/notes/todo': 'mine',
    '.canary/worktrees/0123456789ab/old': 'canary had this',
  });
  expect((await canary(shop, ['abort'])).exitCode).toBe(0);
  expect(await readdir(join(shop, '.canary/worktrees'))).toEqual(['notes']);
});

test("another user's .canary is refused", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can give a folder away');
  const shop = await repository();
  await chown(shop, 65_533, 65_533);
  await writeFiles(shop, { '.canary/worktrees/0123456789ab/x': 'theirs' });
  await chown(join(shop, '.canary'), 65_534, 65_534);
  const { stderr, exitCode } = await canary(shop, ['abort']);
  expect(stderr).toContain("DIR/.canary is another user's, so it is not canary's own.");
  expect(exitCode).toBe(2);
});
