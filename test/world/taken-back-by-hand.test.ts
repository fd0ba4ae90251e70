import { expect, onTestFinished, test } from 'vitest';
import { git } from '../support/world/git.ts';
import { BRANCH, shopInGit } from '../support/world/repository.ts';
import { begin, tell } from '../support/world/story.ts';
import type { World } from '../support/world/world.ts';

const DEPLOY = ['deploy', '--branch', BRANCH, '--weight', '20'];

async function told(commands: readonly (readonly string[])[]) {
  const world = await shopInGit();
  onTestFinished(() => world.destroy());
  const story = begin(world);
  for (const argv of [['up'], ...commands])
    expect((await tell(story, argv)).exitCode, argv.join(' ')).toBe(0);
  const run = (...args: string[]) => git(world, world.folder, args);
  // Git reverts nothing while anything is staged.
  run('reset', '--quiet');
  return { world, story, run };
}

function versionOfStable({ engine }: World): string | undefined {
  const container = [...engine.containers.values()].find(
    ({ labels, state }) => labels['com.docker.compose.service'] === 'web' && state === 'running',
  );
  return container && engine.programOf(container).version;
}

test('a promoted release that was taken back by hand is taken from the stable without a commit', async () => {
  const { world, story, run } = await told([DEPLOY, ['promote', '--yes']]);
  expect(versionOfStable(world)).toBe('web:2');
  run('revert', '--no-edit', 'HEAD');
  run('commit', '--quiet', '--allow-empty', '--only', '--message=Something later');
  const tip = run('rev-parse', 'main');
  const { exitCode, stderr, stdout } = await tell(story, ['revert', 'RELEASE', '--yes']);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain('The stable is what it was before release');
  expect(run('rev-parse', 'main')).toBe(tip);
  expect(versionOfStable(world)).toBe('web:1');
});

test('a canary whose branch was taken back by hand ends without a commit', async () => {
  const { story, run } = await told([DEPLOY]);
  run('switch', '--quiet', BRANCH);
  run('revert', '--no-edit', 'HEAD');
  run('commit', '--quiet', '--allow-empty', '--only', '--message=Something later');
  run('switch', '--quiet', 'main');
  const tip = run('rev-parse', BRANCH);
  const { exitCode, stderr } = await tell(story, ['revert']);
  expect(exitCode, stderr).toBe(0);
  expect(run('rev-parse', BRANCH)).toBe(tip);
});
