import { dirname } from 'node:path';
import { hasCode } from '../errors.ts';
import { type ReleaseRecord, recordOf } from '../git/release-record.ts';
import { settledState } from '../rollout/release.ts';
import type { Context } from './context.ts';
import { findState, type ProjectState } from './project/project.ts';
import { recordsInGit } from './release/git-record.ts';
import { allReleases } from './release/releases.ts';

/** What `history --json` prints (contract, README). */
export interface History {
  version: 1;
  releases: (ReleaseRecord & { source: 'journal' | 'git' })[];
}

/**
 * Every release, newest first: those of this folder's journals, and those that only git tells of, as after a
 * fetch. Needs no engine; without a compose file git alone is asked.
 */
export async function history(context: Context, limit: number | undefined): Promise<History> {
  const { options } = context;
  const state = await findStateIfAny(context);
  const own = state ? await journaled(context, state) : [];
  const directory = state ? dirname(state.layout.state) : options.directory;
  // One repository may hold several projects; this folder's is the one its journals tell of.
  const project = options.projectName ?? own.at(-1)?.project;
  const told = await recordsInGit(context, directory);
  const releases = [
    ...own.map((record) => ({ ...record, source: 'journal' as const })),
    ...told
      .filter(({ id }) => !own.some((each) => each.id === id))
      .map((record) => ({ ...record, source: 'git' as const })),
  ]
    .filter((each) => project === undefined || each.project === project)
    .sort((left, right) => (left.id < right.id ? 1 : -1));
  return { version: 1, releases: releases.slice(0, limit) };
}

async function journaled(context: Context, state: ProjectState): Promise<ReleaseRecord[]> {
  const isDriven = (await state.lock.holder()) !== undefined;
  const releases = await allReleases(state);
  const now = context.clock.now();
  return releases.map((each) => recordOf({ ...each, ...settledState(each, isDriven, now) }));
}

async function findStateIfAny(context: Context): Promise<ProjectState | undefined> {
  try {
    return await findState(context);
  } catch (error) {
    const isNamed = context.options.files.length > 0;
    if (!isNamed && hasCode(error, 'compose-file-missing')) return undefined;
    throw error;
  }
}
