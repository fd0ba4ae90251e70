import { expect, test } from 'vitest';
import type { Context } from '../../../src/context.ts';
import { rehearseOnly } from '../../../src/workflows/rehearse.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { emptyFolder, writeFiles } from '../../support/fixture-project.ts';

const WISHES = { tag: '2', images: {}, variables: {}, offered: {}, pull: false };

test('without a database to rehearse with, nothing is pulled', async () => {
  const folder = await emptyFolder();
  await writeFiles(folder, {
    'canary.yaml': 'version: 1\nservices: { web: { entry: 80 } }\n',
    'docker-compose.yml':
      'name: shop\nservices: { web: { image: "acme/web:1", ports: ["80:8000"] } }\n',
  });
  const pulled: string[] = [];
  const real = contextIn(folder);
  const context: Context = {
    ...real,
    engine: {
      ...real.engine,
      containers: async () => [],
      image: async () => undefined,
      imageId: async () => undefined,
    },
    registry: {
      digestOf: async () => `sha256:${'ab'.repeat(32)}`,
      pull: async (names) => void pulled.push(...names),
    },
  };
  await expect(rehearseOnly(context, WISHES, [])).rejects.toMatchObject({ code: 'not-rehearsed' });
  expect(pulled).toEqual([]);
});
