import { expect, test } from 'vitest';
import { dockerEngine } from '../../../src/system/docker/engine.ts';
import { neverAsked } from '../../support/fixture-context.ts';

const DIGEST = `acme/web@sha256:${'ab'.repeat(32)}`;

test("a digest is no tag, though an engine with containerd's store lists it as one", async () => {
  const inspected = { Id: 'sha256:1', RepoTags: [DIGEST, 'acme/web:1'], RepoDigests: [DIGEST] };
  const stdout = JSON.stringify([{ ...inspected, Config: {} }]);
  const far = { ...neverAsked, isNear: async () => false };
  const engine = dockerEngine(async () => ({ exitCode: 0, stdout, stderr: '' }), far);
  expect(await engine.image('acme/web:1')).toMatchObject({
    ...{ tags: ['acme/web:1'], digests: [DIGEST] },
  });
});
