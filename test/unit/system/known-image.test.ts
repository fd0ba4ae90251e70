import { expect, test } from 'vitest';
import { ENGINES } from '../../support/fixture-engine.ts';

const DIGEST = `acme/web@sha256:${'ab'.repeat(32)}`;

test.each(ENGINES)(
  "a digest is no tag, though a %s engine with containerd's store lists it as one",
  async (_, engineWith) => {
    const names = { RepoTags: [DIGEST, 'acme/web:1'], RepoDigests: [DIGEST] };
    const engine = engineWith({ Id: 'sha256:1', ...names, Config: {} });
    expect(await engine.image('acme/web:1')).toMatchObject({
      ...{ tags: ['acme/web:1'], digests: [DIGEST] },
    });
  },
);
