import type { Context } from '../../context.ts';
import type { DeployTarget } from '../../documents/git.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { observe } from '../../execution/observe.ts';
import type { Route } from '../../git/push.ts';
import { checkMove, requireUnmoved } from '../../project/git/branches.ts';
import { loadProject } from '../../project/load.ts';
import { releaseToStable } from '../../release/release-to-stable.ts';
import { up } from '../up.ts';
import { deployFirst, finishFirst } from './first-push.ts';
import { withConfig } from './target.ts';

/** A push of the stable branch: replaces the stable without downtime, or starts it if this is the first push. */
export async function takeStable(
  context: Context,
  target: DeployTarget,
  { update, branch }: Route,
): Promise<void> {
  const { ref, from, to = '' } = update;
  if (!(await context.git.resolve(target.repository, ref))) {
    await deployFirst(context, target, { ref, commit: to });
    return;
  }
  await requireUnmoved(context, target, { ref, from });
  await finishFirst(context, target, update);
  await requireTreeOn(context, target, ref, branch);
  if (from) await checkMove(context, target, { ref, from, to });
  await withConfig(context, target, to, async (production) => {
    await updateProxy(production);
    await releaseToStable(production, { to: { commit: to, from } });
    // The stable is replaced: an error from here on does not reject the push.
    await updateProxy(production).catch((error: unknown) =>
      context.emit({ type: 'warning', text: messageOf(error) }),
    );
  });
}

/** Files that the stable mounts come from production's working tree: it must move along. */
async function requireTreeOn(
  { git }: Context,
  { repository, directory }: DeployTarget,
  ref: string,
  branch: string,
): Promise<void> {
  if ((await git.checkedOutAt(repository, ref)) === directory) return;
  throw new CanaryError('branch-checked-out', `${directory} is not on \`${branch}\`.`, {
    hint: `Switch production's working tree to \`${branch}\`, then push again. Nothing was changed.`,
  });
}

/**
 * Updates the proxy to the pushed canary.yaml. Only a person may decide to recreate its container: for that
 * moment nothing listens on the port.
 */
async function updateProxy(production: Context): Promise<void> {
  const project = await loadProject(production);
  const { proxy } = await observe({ context: production, project });
  if (proxy.state !== 'running' || proxy.definition === project.proxy.definition) {
    await up(production);
    return;
  }
  production.emit({
    type: 'warning',
    text: `The proxy needs other ports or another image: run \`canary up\` in ${project.directory}; until then nothing else can be deployed.`,
  });
}
