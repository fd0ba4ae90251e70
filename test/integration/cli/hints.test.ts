import { chown } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { canary, fakeDocker } from '../../support/fixture-cli.ts';
import { repository } from '../../support/fixture-project.ts';

describe('a repository of another user', () => {
  test.each([['plan'], ['status'], ['history'], ['apply', 'x.patch']])(
    'is named as such by canary %s, with git’s own way to allow it',
    async (...argv) => {
      if (process.getuid?.() !== 0) return;
      const folder = await repository();
      await chown(folder, 65_534, 65_534);
      await chown(`${folder}/.git`, 65_534, 65_534);
      const { stderr, exitCode } = await canary(folder, argv);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(
        'git does not open the repository of DIR: it belongs to another user.',
      );
      expect(stderr).toContain('`git config --global --add safe.directory DIR`');
      expect(stderr).not.toContain('git init');
    },
  );
});

test('an engine whose socket a user may not use is not to be started', async () => {
  const words =
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock';
  const docker = await fakeDocker(`echo '${words}' >&2; exit 1`);
  const { stderr, exitCode } = await canary(await repository(), ['up'], docker);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('You may not use the socket of Docker Engine.');
  expect(stderr).toContain('the group `docker`');
  expect(stderr).not.toContain('Start it');
});
