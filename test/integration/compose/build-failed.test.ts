import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { worldOf } from '../../../src/context.ts';
import { fakeDocker } from '../../support/fixture-cli.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

test('a failed build says why, and where all that it printed is', async () => {
  const folder = await emptyFolder();
  const docker = await fakeDocker(
    "echo '#4 [2/2] RUN make'; echo '#4 0.2 no rule'; echo '#4 ERROR: exit code: 2'; echo 'failed to solve' >&2; exit 1",
  );
  const { compose } = worldOf(docker);
  const log = join(folder, 'build.log');
  const scope = { projectDirectory: folder, files: [] };
  expect(await refusal(() => compose.build(scope, ['web'], { log }))).toMatchObject({
    code: 'build-failed',
    details: ['[2/2] RUN make', 'no rule', 'ERROR: exit code: 2'],
    hint: `The whole output is in ${log}.`,
  });
  expect(await readFile(log, 'utf8')).toContain('failed to solve');
});

test('a step that looks for the folder `.git` is told why there is none', async () => {
  const folder = await emptyFolder();
  const docker = await fakeDocker(
    "echo '#4 [2/2] RUN version'; echo '#4 0.2 fatal: not a git repository: /work'; echo '#4 ERROR: exit code: 1'; exit 1",
  );
  const scope = { projectDirectory: folder, files: [] };
  const log = join(folder, 'build.log');
  const error = await refusal(() => worldOf(docker).compose.build(scope, ['web'], { log }));
  expect(error.hint).toContain('canary builds from a git worktree, in which `.git` is a file.');
});
