import { cloneName, shortCommit } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { observe } from '../../execution/observe.ts';
import { overriddenScope } from '../../execution/override-file.ts';
import { checkOutRelease } from '../../project/checkout/check-out-release.ts';
import { ownImage } from '../../project/checkout/own-image.ts';
import { releaseNow } from '../../project/run.ts';
import { containersOf, type ObservedContainer } from '../../rollout/observed.ts';
import type { PromotionRun } from './promotable.ts';

/**
 * Rejects a promotion of anything but what was judged: the images that the canary's containers run, and the settings
 * they were started with. A merge is new code by its nature; it is announced.
 */
export async function requireJudged(run: PromotionRun): Promise<void> {
  const { context, project, checkout, release } = run;
  // It was found to be judged when it began.
  if ((await releaseNow(run)).replacing) return;
  const isSame =
    release.commit === checkout.commit ||
    (await context.git.sameTree(project.repository, release.commit, checkout.commit));
  if (!isSame) sayUnjudged(run);
  const canaries = containersOf(await observe(run), 'canary').filter(
    ({ commit }) => commit === release.commit,
  );
  const differences = [
    ...(await otherImages(run, canaries, isSame)),
    ...(await otherSettings(run, canaries)),
  ];
  if (differences.length === 0) return;
  throw new CanaryError(
    'not-judged',
    'The canary is not promoted: the stable would not be what was judged.',
    {
      details: differences,
      hint: 'To judge it as it is now: `canary abort`, then deploy again. To promote it unjudged: `canary promote --force`.',
    },
  );
}

function sayUnjudged({ context, project, checkout, release }: PromotionRun): void {
  const { stable } = project.config.git;
  context.emit({
    type: 'warning',
    text: `\`${stable}\` moved on, so ${shortCommit(checkout.commit)} is promoted: ${shortCommit(release.commit)}, which was judged, merged with it.`,
  });
}

/** Where the images for the stable are not those that the canary ran when it was judged. */
async function otherImages(
  run: PromotionRun,
  canaries: readonly ObservedContainer[],
  isSame: boolean,
): Promise<string[]> {
  const { context, project, checkout } = run;
  const differences: string[] = [];
  for (const judged of (await releaseNow(run)).images) {
    const { service } = judged;
    const mixed = canaries.find(
      (each) => each.service === service && each.imageId !== judged.imageId,
    );
    if (mixed) differences.push(`${service}: ${mixed.name} runs another image now.`);
    const own = ownImage(project.name, checkout, service);
    const name = own ?? checkout.model.services[service]?.image;
    // The image of a merge is built now; another service of the slice may build this one's.
    const isComparable = own === undefined ? name === judged.image : isSame;
    if (name === undefined || !isComparable) continue;
    if ((await context.engine.imageId(name)) !== judged.imageId)
      differences.push(`${service}: \`${name}\` is another image now.`);
  }
  return differences;
}

/**
 * Where Compose would start the canary otherwise than it runs: environment files, variables, canary.yaml or the folder's
 * own files have changed. Compose's digest of a definition tells it, so that nothing of it need be kept; where there is
 * none, its variables do.
 */
async function otherSettings(
  run: PromotionRun,
  canaries: readonly ObservedContainer[],
): Promise<string[]> {
  const { context, project, release } = run;
  const services = [...new Set(canaries.map(({ service }) => service))];
  if (services.length === 0) return [];
  const judged =
    run.checkout.commit === release.commit
      ? run.checkout
      : await checkOutRelease(context, project, release);
  const scope = await overriddenScope({ ...run, checkout: judged });
  const hashes = await context.compose.hashes(scope, services.map(cloneName));
  const hashOf = (service: string) => hashes.get(cloneName(service));
  const changed = services.filter((service) =>
    canaries.some((each) => each.service === service && each.configHash !== hashOf(service)),
  );
  if (changed.length === 0) return [];
  const model = await context.compose.model(scope);
  const differences = await Promise.all(
    changed.map(async (service) => {
      const [container] = canaries.filter((each) => each.service === service);
      const wanted = model.services[cloneName(service)]?.environment ?? {};
      const names = container ? await otherVariables(run, container, wanted) : [];
      if (names.length > 0)
        return [`${service}: its variables ${names.join(', ')} have other values now.`];
      return hashOf(service) === undefined ? [] : [`${service}: its settings have changed.`];
    }),
  );
  return differences.flat();
}

/** Names alone: the values may be secrets. */
async function otherVariables(
  { context }: PromotionRun,
  { id }: ObservedContainer,
  wanted: Readonly<Record<string, string | null>>,
): Promise<string[]> {
  const { container, image } = await context.engine.environment(id);
  const settled = { ...image, ...wanted };
  return [...new Set([...Object.keys(container), ...Object.keys(wanted)])]
    .filter((name) => (settled[name] ?? undefined) !== container[name])
    .sort();
}
