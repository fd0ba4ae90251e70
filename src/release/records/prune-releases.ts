import type { Context } from '../../context.ts';
import type { Project } from '../../project/load.ts';
import type { Release } from '../../rollout/release.ts';
import { releasesToPrune } from '../../rollout/retention.ts';
import { recordsInGit } from './git-records.ts';
import { allReleases } from './releases.ts';

/** Forgets old releases as `retention` says, in git and in journals. Returns the ones that are kept. */
export async function pruneReleases(context: Context, project: Project): Promise<Release[]> {
  const { git } = context;
  const { journals, config, repository } = project;
  const releases = await allReleases(project);
  const pruned = releasesToPrune(releases, config.retention);
  const own = await journals.list();
  // What git alone tells of, fetched from elsewhere, is counted by itself: it must not push out a journal.
  const told = (await recordsInGit(context, repository))
    .filter((each) => each.project === project.name && !own.includes(each.id))
    .map((each) => ({ ...each, wasReady: false, wasReplaced: false }));
  for (const id of [...pruned, ...releasesToPrune(told, config.retention)]) {
    // The journal last: as long as it is there, the rest is found again.
    await git.removeRecord(repository, id);
    await journals.remove(id);
  }
  return releases.filter((each) => !pruned.includes(each.id));
}
