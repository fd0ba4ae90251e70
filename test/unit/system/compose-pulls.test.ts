import { expect, test } from 'vitest';
import { composeCli } from '../../../src/system/docker/compose.ts';
import { neverAsked } from '../../support/fixture-context.ts';

/** What a registry holds must not decide what runs: only a first start and a canary's pull. */
test('no call that makes containers anew pulls an image', async () => {
  const calls: (readonly string[])[] = [];
  const compose = composeCli(async (_, args) => {
    calls.push(args);
    return { exitCode: 0, stdout: '', stderr: '' };
  }, neverAsked);
  const scope = { projectDirectory: '/shop', files: ['docker-compose.yml'] };
  await compose.up(scope, ['web'], { scale: { web: 2 } });
  await compose.recreate(scope, ['web']);
  await compose.standIn(scope, ['web']);
  await compose.grow(scope, { web: 2 });
  await compose.createMore(scope, { web: 2 });
  expect(calls).toHaveLength(5);
  for (const args of calls) expect(args.join(' ')).toContain(' --pull never ');

  await compose.up(scope, ['web-canary'], { pulls: true });
  await compose.startMissing(scope, ['web']);
  await compose.create(scope, ['canary-proxy']);
  for (const args of calls.slice(5)) expect(args).not.toContain('--pull');
});
