import { join, relative } from 'node:path';
import { type OwnVolumes, ownVolumes } from '../compose/clone/volumes.ts';
import type { ImageWishes } from '../compose/images/wanted.ts';
import { callerLinks, isFoundByHost } from '../compose/ingress/ingress.ts';
import { throughRouter } from '../compose/ingress/router.ts';
import type { ComposeModel } from '../compose/model/model.ts';
import { type Call, callersOutside } from '../compose/services/service-map.ts';
import type { Context } from '../context.ts';
import type { Mount, PlanDocument } from '../documents/plan.ts';
import { baselinesOf } from '../execution/baseline-source.ts';
import { consequences } from '../execution/consequences.ts';
import { planFor } from '../execution/converge.ts';
import { observe } from '../execution/observe.ts';
import { secondContainerObstacle } from '../execution/operations/second-container.ts';
import { branchRef } from '../git/branch-name.ts';
import { foreseeRelease } from '../probes/foresee.ts';
import { type Checkout, checkOut } from '../project/checkout/checkout.ts';
import { checkOutImages } from '../project/checkout/in-place.ts';
import { mirrorOf } from '../project/checkout/mirror.ts';
import { checkoutWarnings } from '../project/checkout/warnings.ts';
import { knownCalls } from '../project/configuration-files.ts';
import { resolveBranch } from '../project/git/branches.ts';
import { requireGit } from '../project/git/require-git.ts';
import { imagesOfBranch } from '../project/images/branch-images.ts';
import { commitImages } from '../project/images/commit-images.ts';
import { imageDifferences } from '../project/images/differences.ts';
import { findImages, isNothingNew } from '../project/images/find-images.ts';
import { lastingOf } from '../project/images/lasting.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { stepsOfRelease } from '../release/start.ts';
import type { Plan } from '../rollout/operation.ts';
import { stepName, weightStep } from '../rollout/progress.ts';
import { describeImages, missingImages, type ReleasedImage } from '../rollout/source.ts';
import { describeStep } from '../rollout/step.ts';
import { requireWeight } from '../rollout/strategy-rules.ts';
import { ended } from '../sentences.ts';
import { mkdtemp, realpath, rm, temporaryFolder } from '../system/disk.ts';
import { releasedBefore } from './candidates/released-before.ts';

/** A plan before its operations are put in words. */
type PlanFacts = Omit<PlanDocument, 'version' | 'operations'> & { operations: Plan };

/** What `up`, or with a branch or images `up` and `deploy`, would do and why. Changes nothing. */
export async function plan(
  context: Context,
  source: ImageWishes | string | undefined,
  weight: number | undefined,
): Promise<PlanFacts> {
  if (typeof source === 'string') branchRef(source);
  const project = await loadLiveProject(context);
  if (weight !== undefined) requireWeight(project.config.strategy.kind, weight, 'deploy');
  const run = { context, project, signal: context.signal };
  if (source === undefined) {
    const { plan: operations, observed } = await planFor(run, { proxy: 'running' });
    return {
      project: project.name,
      branch: null,
      commit: null,
      source: null,
      operations,
      steps: [],
      forecast: null,
      mounts: [],
      notes: [...(await consequences(project, observed, operations)), ...(await notes(project))],
    };
  }
  if (typeof source === 'object') return planOfImages(run, source, weight);
  requireGit(project);
  const commit = await resolveBranch(context, project.repository, source, branchRef(source));
  const findPulled = (model: ComposeModel) => imagesOfBranch(context, project, model);
  return planOfCommit(run, { branch: source, commit, findPulled }, weight);
}

interface PlannedCommit {
  branch: string;
  commit: string;
  findPulled: (model: ComposeModel) => Promise<readonly ReleasedImage[]>;
}

async function planOfCommit(
  run: Run,
  { branch, commit, findPulled }: PlannedCommit,
  weight: number | undefined,
): Promise<PlanFacts> {
  const { context, project } = run;
  // Outside the project, because a plan leaves no trace in it.
  const home = await realpath(await mkdtemp(join(temporaryFolder(), 'canary-plan-')));
  try {
    const checkout = await checkOut(context, project, commit, { home, findPulled });
    return await planOf({ ...run, checkout }, branch, weight);
  } finally {
    await context.git.removeWorktree(
      project.repository,
      mirrorOf(home, commit, project.repository).tree,
    );
    await rm(home, { recursive: true, force: true });
  }
}

/** The images are looked up and not pulled; those that are not here yet are part of the plan. */
async function planOfImages(
  run: Run,
  wishes: ImageWishes,
  weight: number | undefined,
): Promise<PlanFacts> {
  const { context, project } = run;
  const found = await findImages(context, project, wishes, context.signal);
  const { source } = found;
  const checkout = await checkOutImages(context, project, source);
  const isSame = isNothingNew(source, project, checkout.model);
  const old = wishes.pull ? await releasedBefore(project, checkout.commit) : undefined;
  const why = isSame ? 'The stable runs that already.' : old;
  const isNew = why === undefined;
  const committed = isNew && !wishes.pull ? await commitImages(context, project, found) : undefined;
  if (committed) {
    const { branch, commit, pulled } = committed;
    const facts = await planOfCommit(
      run,
      { branch, commit, findPulled: async () => pulled },
      weight,
    );
    const note = `${describeImages(source)} becomes a commit on \`${branch}\`, which the promotion merges.`;
    return { ...facts, notes: [note, ...facts.notes] };
  }
  const facts = await planOf({ ...run, checkout }, '', weight);
  const { write, left } = await lastingOf(context, project, source);
  const lines = write?.lines.join(', ');
  const later = [
    ...(write ? [`The promotion asks, and writes ${lines} to ${write.file}.`] : []),
    ...left.map((text) => `After the promotion: ${text}`),
  ];
  if (isNew) return { ...facts, source, notes: [...facts.notes, ...later] };
  return {
    ...facts,
    source,
    operations: [],
    steps: [],
    forecast: null,
    notes: [why],
  };
}

/** What a checked-out candidate needs. */
async function planOf(
  run: Run & { checkout: Checkout },
  branch: string,
  weight: number | undefined,
): Promise<PlanFacts> {
  const { context, project, checkout } = run;
  const { commit } = checkout;
  const services = project.slice.map((member) => member.service);
  const steps = weight === undefined ? stepsOfRelease(project, checkout) : [];
  const first = weightStep({ steps }, 0);
  const canary = {
    commit,
    services,
    replicas: first?.replicas,
    weight: weight ?? (steps.length > 0 ? (first?.weight ?? 0) : (await observe(run)).proxy.weight),
    ...(steps.length > 0
      ? { cause: stepName({ steps, index: 0 }), baseline: baselinesOf(project) }
      : {}),
  };
  const wanted = { proxy: 'running', canary } as const;
  const { plan: operations, observed } = await planFor(run, wanted);
  const names = project.slice.map(({ service }) => service);
  const mounts = names.flatMap((service) => mountsOf(checkout, service));
  const said = [
    ...(await consequences(project, observed, operations)),
    ...(await notes(project)),
    ...mounts.map(describeMount),
    ...describeOwn(ownVolumes(checkout.model, names)),
    ...(await checkoutWarnings(context, project, checkout)),
    ...(await imageDifferences(context, project, checkout)),
    ...saidAfterPull(operations),
  ];
  return {
    project: project.name,
    branch,
    commit,
    source: null,
    operations,
    mounts,
    steps: steps.map(describeStep),
    forecast: await foreseeRelease(run, { steps, weight }),
    notes: said,
  };
}

/** What nobody knows of an image that is not on this engine yet. */
function saidAfterPull(operations: Plan): string[] {
  const missing = operations.flatMap((each) =>
    each.kind === 'pull' ? missingImages(each.images) : [],
  );
  if (missing.length === 0) return [];
  const services = missing.map(({ service }) => service).join(', ');
  return [
    `Whether the image of ${services} has another user, entrypoint, port, volume or health check, \`deploy\` says after its pull, before it changes anything.`,
  ];
}

async function notes(project: Project): Promise<string[]> {
  const slice = project.slice.map((member) => member.service);
  const shared = Object.keys(project.model.services).filter((name) => !slice.includes(name));
  const callers = callersOutside(await knownCalls(project.model), slice);
  const isLed = ({ from, to }: Call) =>
    project.slice.some(({ service, ingress }) => service === to && ingress?.callers.includes(from));
  const keyed = project.slice.filter(({ service }) => isFoundByHost(project.slice, service));
  const led = [...callerLinks(project.slice).keys(), ...keyed.map(({ service }) => service)];
  return [
    `Cloned: ${slice.join(', ')}. Shared with the stable: ${shared.join(', ') || 'nothing'}.`,
    ...callers.map((call) =>
      isLed(call)
        ? `${call.from} calls ${call.to} (${call.because}) through the proxy, which splits it.`
        : `${call.from} calls ${call.to} (${call.because}) and still reaches the stable.`,
    ),
    ...project.slice.flatMap(({ service, ingress }) =>
      ingress?.router
        ? [
            `Users reach ${service} ${throughRouter(ingress.router.kind)}, and the proxy stands in for it there.`,
            ...ingress.router.left.map((left) => `Of ${service}: ${left}.`),
          ]
        : [],
    ),
    ...led.flatMap((caller) => {
      const reason = secondContainerObstacle(project, caller);
      return reason
        ? `${caller} is recreated by \`up\` and \`down\` with a gap, because ${reason}; nothing else touches it.`
        : [];
    }),
  ];
}

function mountsOf({ directory, mounts }: Checkout, service: string): Mount[] {
  return (mounts[service] ?? []).map(({ volume: { target }, source, from, why, untried }) => ({
    service,
    source: from === 'branch' ? relative(directory, source) : source,
    target,
    from,
    why,
    untried: [...untried],
  }));
}

function describeMount({ service, source, from, why }: Mount): string {
  switch (from) {
    case 'stable':
      return ended(`${service} keeps using ${source}: ${why}`);
    case 'branch':
      return ended(`${service} takes ${source} from the branch: ${why}`);
    case 'machine':
      return ended(`${service} shares ${source} with the stable: ${why}`);
  }
}

function describeOwn(own: OwnVolumes): string[] {
  return [...own].flatMap(([service, volumes]) =>
    volumes.map(
      ({ target }) =>
        `${service} has a volume of its own at ${target}: caches and sockets are not shared.`,
    ),
  );
}
