import { settingsChanged } from '../../compose/images/settings.ts';
import type { ImageWishes } from '../../compose/images/wanted.ts';
import { canaryImage } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import { execute } from '../../execution/execute.ts';
import { situationOf } from '../../execution/situation.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { checkOutImages } from '../../project/checkout/in-place.ts';
import { findImages, isNothingNew } from '../../project/images/find-images.ts';
import type { Project } from '../../project/load.ts';
import { allReleases } from '../../release/records/releases.ts';
import { describeImages } from '../../rollout/source.ts';
import type { Candidate } from './candidate.ts';

/**
 * Images that were built elsewhere, already pulled: that takes long and may fail, so it comes before the lock and before
 * anything is changed. `undefined` if the stable is what was asked for, or what a name leads to was taken back before.
 */
export async function imageCandidate(
  context: Context,
  project: Project,
  wishes: ImageWishes,
): Promise<Candidate | undefined> {
  const source = await findImages(context, project, wishes, context.signal);
  const checkout = await checkOutImages(context, project, source);
  if (isNothingNew(source, project, checkout.model)) {
    context.emit({ type: 'notice', text: 'The stable runs that already.' });
    return undefined;
  }
  if (wishes.pull && (await wasTakenBack(context, project, checkout.commit))) return undefined;
  context.emit({ type: 'notice', text: `The canary: ${describeImages(source)}.` });
  const run = { context, project, checkout, signal: context.signal };
  const { commit } = checkout;
  const services = (await situationOf(run)).unbuilt(commit);
  if (services.length > 0)
    await execute(run, [{ kind: 'pull', services, commit, cause: 'not on this engine yet' }]);
  for (const text of await differences(context, project, checkout))
    context.emit({ type: 'warning', text });
  return { branch: '', checkOut: async () => checkout };
}

/** A timer must not bring back what was taken back: only somebody who names the image does. */
async function wasTakenBack({ emit }: Context, project: Project, commit: string): Promise<boolean> {
  const earlier = (await allReleases(project)).findLast((each) => each.commit === commit);
  const isEnded = earlier?.state === 'reverted' || earlier?.state === 'removed';
  if (!earlier || !isEnded || earlier.wasReplaced) return false;
  const text = `Release ${earlier.id} was of the same images: ${earlier.reason}. \`canary deploy --image\` or \`--tag\` deploys them again.`;
  emit({ type: 'notice', text });
  return true;
}

/** In what the images differ from those that the stable runs, a sentence each. */
async function differences(
  { engine }: Context,
  project: Project,
  checkout: Checkout,
): Promise<string[]> {
  const containers = await engine.containers(project.name);
  const found = project.slice.map(async ({ service }) => {
    const running = containers.find((each) => each.role === 'stable' && each.service === service);
    const stable = running && (await engine.image(running.imageId));
    const canary = await engine.image(canaryImage(project.name, service, checkout.commit));
    const changed = stable && canary ? settingsChanged(stable.settings, canary.settings) : [];
    return changed.map((what) => `The image of ${service} has ${what}.`);
  });
  return (await Promise.all(found)).flat();
}
