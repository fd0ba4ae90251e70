import { join } from 'node:path';
import {
  canaryImage,
  imageRepository,
  isShortCommit,
  previousImage,
  pulledImage,
  shortCommit,
} from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import { checkedOutServices } from '../../project/checkout/checkout.ts';
import type { Project } from '../../project/load.ts';
import { clearRehearsal } from '../../rehearsal/clear-leftovers.ts';
import { readdir } from '../../system/disk.ts';
import { isMissing } from '../../system/files.ts';
import { mendRecords } from './git-records.ts';
import { pruneReleases } from './prune-releases.ts';

/** Removes what earlier releases left: old releases, and worktrees and image names except of the commits to keep. */
export async function cleanUp(
  context: Context,
  project: Project,
  keep: readonly string[],
): Promise<void> {
  try {
    await clear(context, project, keep);
  } catch (error) {
    // A failed clean-up must not fail the command.
    context.emit({
      type: 'warning',
      text: `Could not clean up everything: ${messageOf(error)}`,
    });
  }
}

async function clear(context: Context, project: Project, keep: readonly string[]): Promise<void> {
  await clearRehearsal(context, project);
  await context.engine.removeOwnVolumes(project.name);
  if (project.isInGit) await clearWorktrees(context, project, keep);
  const retained = await pruneReleases(context, project);
  const pulled = new Set<string>();
  for (const service of checkedOutServices(project)) {
    const kept = new Set([
      ...keep.flatMap((commit) => ofCommit(project, service, commit)),
      // Of a promoted release both the images that became the stable and those before, to go back to.
      ...retained.flatMap(({ id, promotedCommit }) =>
        promotedCommit
          ? [
              previousImage(project.name, service, id),
              ...ofCommit(project, service, promotedCommit),
            ]
          : [],
      ),
    ]);
    const names = await context.engine.imageNames(imageRepository(project.name, service));
    const ours = names.filter((name) => /:(canary|before|pulled)-[^:]*$/.test(name));
    for (const name of ours.filter((each) => !kept.has(each))) {
      const id = /:pulled-[^:]*$/.test(name) ? await context.engine.imageId(name) : undefined;
      if (id) pulled.add(id);
      await context.engine.untagImage(name);
    }
  }
  for (const id of pulled) await forgetPulled(context, id);
  await mendRecords(context, project, retained);
}

/** The names that a commit's image has on this engine because of canary. */
function ofCommit({ name }: Project, service: string, commit: string): string[] {
  return [canaryImage(name, service, commit), pulledImage(name, service, commit)];
}

/** Removes an image that canary pulled by digest and that has no other name any more; one that a container has is left. */
async function forgetPulled({ engine }: Context, id: string): Promise<void> {
  const { tags = [], digests = [] } = (await engine.image(id)) ?? {};
  const [digest] = digests;
  if (tags.length === 0 && digests.length === 1 && digest) await engine.untagImage(digest);
}

/** Removes canary's worktrees, except those of the given commits. */
async function clearWorktrees(
  { git }: Context,
  project: Project,
  keep: readonly string[],
): Promise<void> {
  const kept = keep.map(shortCommit);
  const names = await readdir(project.layout.worktrees).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  // Something with another name is not from here.
  const own = names.filter(isShortCommit);
  for (const name of own.filter((each) => !kept.includes(each))) {
    await git.removeWorktree(project.repository, join(project.layout.worktrees, name));
  }
  await git.forgetMissing(project.repository, project.layout.worktrees);
}
