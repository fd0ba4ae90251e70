import { expect, test } from 'vitest';
import { composeCli } from '../../../src/system/docker/compose.ts';
import type { Environment } from '../../../src/system/process.ts';
import { neverAsked } from '../../support/fixture-context.ts';

test('no build has git read what a branch brings', async () => {
  const given: (Environment | undefined)[] = [];
  const compose = composeCli(async (_, __, options) => {
    given.push(options?.env);
    return { exitCode: 0, stdout: '', stderr: '' };
  }, neverAsked);
  const scope = { projectDirectory: '/shop', files: ['docker-compose.yml'] };
  await compose.build(scope, ['web'], { log: '/shop/build.log' });
  await compose.startMissing(scope, ['web']);
  await compose.runOnce(scope, 'web', []);
  expect(given).toHaveLength(3);
  for (const env of given) expect(env).toMatchObject({ BUILDX_GIT_INFO: 'false' });
  // The user's own command.
  await compose.atTerminal(scope, ['build']);
  expect(given.at(-1)).not.toHaveProperty('BUILDX_GIT_INFO');
});
