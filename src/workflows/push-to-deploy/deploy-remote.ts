import type { Context } from '../../context.ts';
import type { PushResult } from '../../documents/git.ts';
import { apply } from '../apply.ts';
import type { BranchOptions } from '../candidates/branch.ts';
import { push } from '../push.ts';

/** Deploys a branch on another machine, by pushing it to the deploy repository there. Needs no engine here. */
export async function deployRemote(
  context: Context,
  remote: string,
  { branch, patches, message }: BranchOptions,
  weight: number | undefined,
): Promise<PushResult> {
  if (patches.length > 0) await apply(context, patches, { branch, message, threeWay: false });
  // Whatever its name, the branch must become the canary.
  const options = ['canary', ...(weight === undefined ? [] : [`weight=${weight}`])];
  return push(context, { remote, branch, force: false, releases: false, options });
}
