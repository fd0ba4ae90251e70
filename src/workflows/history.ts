import { dirname, join } from 'node:path';
import type { Context } from '../context.ts';
import type { History, KeptTables } from '../documents/history.ts';
import { hasCode } from '../errors.ts';
import { recordOf } from '../git/release-record.ts';
import { findState, type ProjectState } from '../project/load.ts';
import { recordsInGit } from '../release/records/git-records.ts';
import { allReleases } from '../release/records/releases.ts';
import { type Release, settledState } from '../rollout/release.ts';
import { exists } from '../system/files.ts';
import { shellWord } from '../system/shell-word.ts';

/**
 * Every release, newest first: those of this folder's journals, and those that only git records, for instance after a
 * fetch. Needs no engine; without a compose file only git is asked.
 */
export async function history(context: Context, limit: number | undefined): Promise<History> {
  const { options } = context;
  const state = await findStateIfAny(context);
  const own = state ? await journaled(context, state) : [];
  const directory = state ? dirname(state.layout.state) : options.directory;
  // One repository may hold several projects; this folder's is the one its journals name.
  const project = options.projectName ?? own.at(-1)?.project;
  const told = await recordsInGit(context, directory).catch((error: unknown) => {
    // Images that were built elsewhere are released without git.
    if (state && hasCode(error, 'repository-missing')) return [];
    throw error;
  });
  const releases = [
    ...own.map((each) => ({ ...each, source: 'journal' as const })),
    ...told
      .filter(({ id }) => !own.some((each) => each.id === id))
      .map((record) => ({ ...record, source: 'git' as const, backups: [] })),
  ]
    .filter((each) => project === undefined || each.project === project)
    .sort((left, right) => (left.id < right.id ? 1 : -1));
  return { version: 1, releases: releases.slice(0, limit) };
}

async function journaled(context: Context, state: ProjectState) {
  const isDriven = (await state.lock.holder()) !== undefined;
  const releases = await allReleases(state);
  const now = context.clock.now();
  return Promise.all(
    releases.map(async (each) => ({
      ...recordOf({ ...each, ...settledState(each, isDriven, now) }),
      backups: await keptTables(state, each),
    })),
  );
}

/** The backups of a release that still exist. */
async function keptTables(
  { layout }: ProjectState,
  { project, backups }: Release,
): Promise<KeptTables[]> {
  const kept: KeptTables[] = [];
  for (const { service, tables, bytes, restore, file: name } of backups) {
    const file = join(layout.releases, name);
    if (!(await exists(file))) continue;
    const exec = ['docker', 'compose', '-p', project, 'exec', '-T', service, ...restore];
    const command = `gunzip -c ${plainWord(file)} | ${exec.map(plainWord).join(' ')}`;
    kept.push({ service, tables, bytes, file, command });
  }
  return kept;
}

/** Quoted only if a shell would read it differently. */
function plainWord(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : shellWord(word);
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
