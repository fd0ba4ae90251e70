import type { ImageWishes } from '../../compose/images/wanted.ts';
import type { Context } from '../../context.ts';
import { execute } from '../../execution/execute.ts';
import { situationOf } from '../../execution/situation.ts';
import { checkOutImages } from '../../project/checkout/in-place.ts';
import { findImages, isNothingNew } from '../../project/images/find-images.ts';
import type { Project } from '../../project/load.ts';
import { describeImages } from '../../rollout/source.ts';
import type { Candidate } from './candidate.ts';

/**
 * Images that were built elsewhere, already pulled: that takes long and may fail, so it comes before the lock and before
 * anything is changed. `undefined` if the stable is what was asked for.
 */
export async function imageCandidate(
  context: Context,
  project: Project,
  wishes: ImageWishes,
): Promise<Candidate | undefined> {
  const source = await findImages(context, project, wishes, context.signal);
  const checkout = await checkOutImages(context, project, source);
  if (isNothingNew(source, project, checkout.model)) return undefined;
  context.emit({ type: 'notice', text: `The canary: ${describeImages(source)}.` });
  const run = { context, project, checkout, signal: context.signal };
  const { commit } = checkout;
  const services = (await situationOf(run)).unbuilt(commit);
  if (services.length > 0)
    await execute(run, [{ kind: 'pull', services, commit, cause: 'not on this engine yet' }]);
  return { branch: '', checkOut: async () => checkout };
}
