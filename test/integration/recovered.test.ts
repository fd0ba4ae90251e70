import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import { recoverRelease } from '../../src/release/records/recovered.ts';
import type { ObservedContainer } from '../../src/rollout/observed.ts';
import { contextIn } from '../support/fixture-context.ts';
import { canary as clone } from '../support/fixture-observed.ts';
import { branch, repository, SHOP_FILES } from '../support/fixture-project.ts';
import {
  journalText,
  leaveJournal,
  leaveRecord,
  state,
  weightSet,
} from '../support/fixture-release.ts';

const ID = '20261121-120000-abcdef0';

/** A shop whose canary of this release runs, and where git knows the release in a state. */
async function shopWith(known: Parameters<typeof state>[0], running: string) {
  const shop = await repository(SHOP_FILES);
  const commit = await branch(shop, 'canary', { 'frontend/new': 'new\n' });
  const journal = journalText({ id: ID, commit }, state('building'), weightSet(50), state(known));
  await leaveRecord(shop, journal);
  const told: unknown[] = [];
  const real = contextIn(shop);
  const containers: ObservedContainer[] = [clone('frontend', commit, { release: running })];
  const context = {
    ...real,
    engine: { ...real.engine, containers: async () => containers },
    emit: (event: unknown) => void told.push(event),
  };
  const project = await loadProject(context, 'optional');
  return { shop, journal, commit, told, recover: () => recoverRelease({ context }, project) };
}

test('a canary that runs without a journal goes on from its record in git', async () => {
  const { shop, commit, told, recover } = await shopWith('holding', ID);
  expect(await recover()).toMatchObject({
    ...{ id: ID, commit, branch: 'canary', state: 'holding', weight: 50 },
    ...{ hasBooted: true, wasReady: true },
  });
  expect(await readdir(join(shop, '.canary/releases'))).toEqual([`${ID}.jsonl`]);
  expect(told).toEqual([
    { type: 'warning', text: expect.stringContaining(`The journal of release ${ID} is lost.`) },
  ]);
});

test('one whose journal is there, that has ended for git, or of which git knows nothing does not', async () => {
  const ended = await shopWith('removed', ID);
  expect(await ended.recover()).toBeUndefined();
  const unknown = await shopWith('holding', '20261121-130000-abcdef0');
  expect(await unknown.recover()).toBeUndefined();
  const { shop, journal, told, recover } = await shopWith('holding', ID);
  await leaveJournal(shop, journal);
  expect(await recover()).toBeUndefined();
  expect(told).toEqual([]);
});
