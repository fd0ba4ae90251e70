import { expect, test } from 'vitest';
import type { Context } from '../../../src/context.ts';
import { CanaryError } from '../../../src/errors.ts';
import { findImage } from '../../../src/project/images/find-image.ts';
import { revisionOf } from '../../../src/rollout/source.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const ASKED = {
  ...{ service: 'web', current: 'reg/web:1', wanted: 'reg/web:2', running: 'sha256:01' },
  ...{ isAsked: true, isPulled: false },
};

/** An engine that once pulled the image, and a registry that answers or does not. */
const contextWith = (digestOf: () => Promise<string>) =>
  ({
    engine: {
      image: async (name: string) =>
        name === 'reg/web:2'
          ? { id: 'sha256:02', digests: ['mirror/web@sha256:cd', `reg/web@${DIGEST}`] }
          : { id: name, digests: [] },
    },
    registry: { digestOf },
    emit: () => undefined,
  }) as unknown as Context;

test('an image is the same release with its registry and without it', async () => {
  const answering = contextWith(async () => DIGEST);
  const silent = contextWith(async () => {
    throw new CanaryError('registry-unreachable', 'It is down.');
  });
  const [online, offline] = await Promise.all(
    [answering, silent].map((context) => findImage(context, ASKED, undefined)),
  );
  expect(online).toEqual({ service: 'web', reference: 'reg/web:2', digest: DIGEST });
  expect(offline).toEqual({ ...online, imageId: 'sha256:02' });
  const key = (image: typeof online) => image && revisionOf({ images: [image], variables: {} });
  expect(key(offline)).toBe(key(online));
});
