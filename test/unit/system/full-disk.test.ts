import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeCli } from '../../../src/system/docker/compose.ts';
import { dockerEngine } from '../../../src/system/docker/engine.ts';
import { engineRefused } from '../../../src/system/docker/failures.ts';
import { neverAsked } from '../../support/fixture-context.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const FULL = 'mkdir /var/lib/docker/overlay2/x: no space left on device';
const scope = { projectDirectory: '/shop', files: ['docker-compose.yml'] };

/** A machine on whose disk nothing fits any more. */
const full = (stderr: string) => async () => ({ exitCode: 1, stdout: '', stderr });
const compose = composeCli(full(FULL), neverAsked);

test.each([
  ['web', () => compose.up(scope, ['web'])],
  ['web', () => compose.recreate(scope, ['web'])],
  ['`docker image tag`', () => dockerEngine(full(FULL), neverAsked).tagImage('a', 'b')],
  [
    'Docker Engine',
    async () => Promise.reject(engineRefused('run a hook', `{"message":"${FULL}"}`)),
  ],
])('a full disk is named when the engine fails: %s', async (what, call) => {
  expect(await refusal(call)).toMatchObject({
    code: 'disk-full',
    message: `There is no space left for ${what}.`,
    details: [expect.stringContaining(FULL)],
    hint: expect.stringContaining('`docker system df`'),
  });
});

test('of a build too, whose own output is kept', async () => {
  const output = `#5 [2/2] RUN npm ci\n#5 0.9 ENOSPC: no space left on device, write\n#5 ERROR: exit code: 1`;
  const log = join(await emptyFolder(), 'build.log');
  const building = () => composeCli(full(output), neverAsked).build(scope, ['web'], { log });
  expect(await refusal(building)).toMatchObject({
    code: 'disk-full',
    message: 'There is no space left for the build of web.',
    details: ['[2/2] RUN npm ci', 'ENOSPC: no space left on device, write', 'ERROR: exit code: 1'],
    hint: expect.stringMatching(/`docker system df`.*build\.log\.$/),
  });
});

test('what only a step that ended well says of a disk is not why another one failed', async () => {
  const output = `#4 [1/2] RUN cat README\n#4 0.1 no space left on device: see below\n#5 [2/2] RUN false\n#5 ERROR: exit code: 1`;
  const log = join(await emptyFolder(), 'build.log');
  const building = () => composeCli(full(output), neverAsked).build(scope, ['web'], { log });
  expect(await refusal(building)).toMatchObject({ code: 'build-failed' });
});
