import { expect, test } from 'vitest';
import type { ComposePort } from '../../../src/compose/model/model.ts';
import { chooseSlice } from '../../../src/compose/slice.ts';
import { secondContainerObstacle } from '../../../src/execution/operations/second-container.ts';
import type { Project } from '../../../src/project/load.ts';
import { config, modelOf } from '../../support/fixture-model.ts';

const ENTRY: ComposePort = { target: 80, published: '443' };

test.each<[string, ComposePort[], string | undefined]>([
  ['only the entry', [ENTRY], undefined],
  ['a port that Docker chooses', [ENTRY, { target: 90 }], undefined],
  ['another port', [ENTRY, { target: 90, published: '90' }], 'it publishes ports'],
  ['the same number for HTTP/3', [ENTRY, { ...ENTRY, protocol: 'udp' }], 'it publishes ports'],
])('a second container beside one that publishes %s', (_, ports, obstacle) => {
  const model = modelOf({ web: { ports } });
  const slice = chooseSlice(config('{ web: { entry: 443 } }'), model);
  expect(secondContainerObstacle({ model, slice } as unknown as Project, 'web')).toBe(obstacle);
});
