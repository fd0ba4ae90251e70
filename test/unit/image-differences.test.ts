import { expect, test } from 'vitest';
import { canaryImage } from '../../src/compose/model/names.ts';
import type { Context } from '../../src/context.ts';
import { imageDifferences } from '../../src/project/images/differences.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** A stable that runs as root, and an engine on which the canary's image has this name alone. */
const contextWith = (name: string) =>
  ({
    engine: {
      containers: async () => [{ role: 'stable', service: 'web', imageId: 'old' }],
      image: async (asked: string) =>
        asked === 'old'
          ? { settings: {} }
          : asked === name
            ? { settings: { User: 'node' } }
            : undefined,
    },
  }) as unknown as Context;

test.each([
  ['under the name that canary gave it', canaryImage('shop', 'web', 'key'), 1],
  ['by its digest, before it has such a name', `reg/web@${DIGEST}`, 1],
  ['nowhere, so nothing is said', 'elsewhere', 0],
  ['under its tag alone, which may lead to another', 'reg/web:2', 0],
])('the image is on the engine %s', async (_, name, count) => {
  const pulled = [{ service: 'web', reference: 'reg/web:2', digest: DIGEST }];
  const said = await imageDifferences(
    contextWith(name),
    { name: 'shop' },
    { commit: 'key', pulled },
  );
  expect(said).toEqual(Array(count).fill('The image of web has another user: node, not root.'));
});
