import { canaryImage } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import { execute } from '../../execution/execute.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { imageDifferences } from '../../project/images/differences.ts';
import type { Project } from '../../project/load.ts';
import { pullCause } from '../../rollout/source.ts';

/**
 * Pulls the images of a candidate that were built elsewhere, and says in what they differ from those that the stable
 * runs. It takes long and may fail, so it comes before anything is changed.
 */
export async function getPulled(
  context: Context,
  project: Project,
  candidate: Pick<Checkout, 'commit' | 'pulled'>,
): Promise<void> {
  const { commit, pulled } = candidate;
  const here = await Promise.all(
    pulled.map(({ service }) => context.engine.imageId(canaryImage(project.name, service, commit))),
  );
  const images = pulled.filter((_, index) => here[index] === undefined);
  if (images.length > 0) {
    const cause = pullCause(images);
    const run = { context, project, signal: context.signal };
    await execute(run, [{ kind: 'pull', images, commit, cause }]);
  }
  for (const text of await imageDifferences(context, project, candidate))
    context.emit({ type: 'warning', text });
}
