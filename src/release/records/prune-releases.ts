import type { Context } from '../../context.ts';
import type { Project } from '../../project/load.ts';
import type { Release } from '../../rollout/release.ts';
import { releasesToPrune } from '../../rollout/retention.ts';
import { recordsInGit } from './git-records.ts';
import { allReleases } from './releases.ts';

/** Deletes old releases by `retention`, in git and in journals. Returns the ones that are kept. */
export async function pruneReleases(context: Context, project: Project): Promise<Release[]> {
  const { git } = context;
  const { journals, config, repository, isInGit } = project;
  const releases = await allReleases(project);
  const pruned = releasesToPrune(releases, config.retention);
  const own = await journals.list();
  // Releases that only git has, fetched from elsewhere, are counted separately: they must not displace a journal.
  const recorded = isInGit ? await recordsInGit(context, repository) : [];
  const told = recorded
    .filter((each) => each.project === project.name && !own.includes(each.id))
    .map((each) => ({ ...each, wasReady: false, wasReplaced: false }));
  for (const id of [...pruned, ...releasesToPrune(told, config.retention)]) {
    // The journal last: as long as it exists, the rest is found again.
    if (isInGit) await git.removeRecord(repository, id);
    await journals.remove(id);
  }
  return releases.filter((each) => !pruned.includes(each.id));
}
