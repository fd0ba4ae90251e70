import { settingsChanged } from '../../compose/images/settings.ts';
import { canaryImage } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import { execute } from '../../execution/execute.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import type { Project } from '../../project/load.ts';

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
    const cause = 'not on this engine yet';
    const run = { context, project, signal: context.signal };
    await execute(run, [{ kind: 'pull', images, commit, cause }]);
  }
  for (const text of await differences(context, project, candidate))
    context.emit({ type: 'warning', text });
}

/** In what the images differ from those that the stable runs, a sentence each. */
async function differences(
  { engine }: Context,
  project: Project,
  { commit, pulled }: Pick<Checkout, 'commit' | 'pulled'>,
): Promise<string[]> {
  const containers = await engine.containers(project.name);
  const found = pulled.map(async ({ service }) => {
    const running = containers.find((each) => each.role === 'stable' && each.service === service);
    const stable = running && (await engine.image(running.imageId));
    const canary = await engine.image(canaryImage(project.name, service, commit));
    const changed = stable && canary ? settingsChanged(stable.settings, canary.settings) : [];
    return changed.map((what) => `The image of ${service} has ${what}.`);
  });
  return (await Promise.all(found)).flat();
}
