import type { Context } from '../context.ts';
import type { PushResult } from '../documents/git.ts';
import { CanaryError } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { withNearest } from '../nearest.ts';
import { resolveBranch } from '../project/git/branches.ts';
import { findRepository } from '../project/git/repository.ts';

export interface PushOptions {
  remote?: string | undefined;
  branch?: string | undefined;
  force: boolean;
  /** Also push the records of releases. */
  releases: boolean;
  /** Push options for a deploy repository. */
  options?: readonly string[];
}

/** With force: a record is rewritten whenever its release continues. */
const RELEASES = '+refs/canary/releases/*:refs/canary/releases/*';

/** Pushes a branch to the same name at a remote; the remote's messages are reported as they arrive. */
export async function push(context: Context, options: PushOptions): Promise<PushResult> {
  const { git, signal } = context;
  const { repository, config } = await findRepository(context);
  const branch = options.branch ?? config.git.canary;
  const remote = options.remote ?? config.git.remote;
  const ref = branchRef(branch);
  const commit = await resolveBranch(context, repository, branch, ref);
  await requireRemote(context, repository, remote);
  const { changed } = await git.push(
    repository,
    {
      remote,
      ref,
      force: options.force,
      also: options.releases ? [RELEASES] : [],
      options: options.options ?? [],
    },
    (line) => tell(context, line),
    signal,
  );
  return { remote, branch, commit, changed };
}

function tell({ emit }: Context, line: string): void {
  const said = /^remote: ?(.*)$/.exec(line)?.[1];
  if (said === undefined) emit({ type: 'output', line });
  else if (said !== '') emit({ type: 'remote-said', line: said });
}

async function requireRemote({ git }: Context, repository: string, remote: string): Promise<void> {
  const known = await git.remotes(repository);
  if (known.includes(remote)) return;
  throw new CanaryError('remote-unknown', `There is no remote \`${remote}\`.`, {
    hint:
      known.length > 0
        ? withNearest(
            `There are: ${known.join(', ')}. \`canary remote add\` makes another.`,
            remote,
            known,
          )
        : 'There are none; `canary remote add` creates one.',
  });
}
