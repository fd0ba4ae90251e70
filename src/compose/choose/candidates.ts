import { namespaceOwner } from '../model/namespaces.ts';
import { obstacleOf } from './choosable.ts';
import { type Completed, completeChoice, reachedFrom } from './complete.ts';
import { isPlainEdge, type Stack, serviceOf, wayIn } from './stack.ts';

interface Candidate {
  name: string;
  /** Chosen by default. */
  isLikely: boolean;
  why: string;
}

/** A service that might be expected in the choice but stays with the stable, and why. */
export interface LeftOut {
  service: string;
  why: string;
}

export interface Candidates {
  candidates: Candidate[];
  left: LeftOut[];
  /** The likely services with the services they need; `undefined` if users reach none of them. */
  likely: Completed | undefined;
}

/**
 * Every service that could be cloned, and whether it is likely: the team's own programs. Those are
 * the services built here; if users reach none of them, the services that users reach; if that is
 * only a proxy, the proxy with the services it forwards to.
 */
export function findCandidates(stack: Stack): Candidates {
  const names = Object.keys(stack.model.services).sort();
  const able = names.filter((name) => obstacleOf(stack, name) === undefined);
  const apps = able.filter((name) => isApp(stack, name));
  const tiers = [
    apps.filter((name) => serviceOf(stack, name).build && !isForBytes(stack, name)),
    apps.filter((name) => wayIn(stack, name) && !isForBytes(stack, name)),
    // A router that finds services only by labels sends the canary's users to the stable.
    able.filter(
      (name) =>
        !namespaceOwner(serviceOf(stack, name), stack.model) &&
        stack.edges.some(
          ({ name: edge, calls }) => (edge === name && calls.size > 0) || calls.has(name),
        ),
    ),
  ];
  const complete = tiers.map((tier) => completed(stack, tier));
  const likely = complete.find((each) => each !== undefined);
  const wanted = tiers[likely ? complete.indexOf(likely) : 0] ?? [];
  return {
    candidates: able.map((name) => ({
      name,
      isLikely: likely?.names.includes(name) ?? false,
      why: describeCandidate(stack, name),
    })),
    left: names
      .filter((name) => !likely?.names.includes(name))
      .flatMap((name) => whyLeft(stack, name, wanted)),
    likely,
  };
}

/**
 * A choice that makes sense without asking the operator. A service with no known caller is included
 * only if it listens.
 */
function completed(stack: Stack, tier: readonly string[]): Completed | undefined {
  const own = tier.filter(
    (name) => wayIn(stack, name)?.kind !== 'labels' && /^app$/.test(stack.roles[name]?.role ?? ''),
  );
  const { unreached } = completeChoice(stack, own, false);
  const kept = own.filter((name) => !unreached.includes(name) || listens(stack, name));
  const choice = completeChoice(stack, kept, false);
  return reachedFrom(stack, choice.names).size > 0 ? choice : undefined;
}

function listens({ model, files }: Stack, name: string): boolean {
  const { expose, healthcheck, ports } = model.services[name] ?? {};
  const isExposed = files[name]?.some(({ text }) => /^[ \t]*EXPOSE[ \t]+\d/im.test(text));
  const isAsked = /localhost|127\.0\.0\.1|0\.0\.0\.0/.test(healthcheck?.test?.join(' ') ?? '');
  return Boolean(expose?.length || ports?.length || isAsked || isExposed);
}

/** Not a worker, a tool, a proxy that only forwards, or a part of another service. */
function isApp(stack: Stack, name: string): boolean {
  return (
    stack.roles[name]?.role === 'app' &&
    !isPlainEdge(stack, name) &&
    !namespaceOwner(serviceOf(stack, name), stack.model)
  );
}

function isForBytes(stack: Stack, name: string): boolean {
  const way = wayIn(stack, name);
  return way?.kind === 'entry' && way.speaks === 'bytes';
}

function whyLeft(stack: Stack, name: string, wanted: readonly string[]): LeftOut[] {
  const { role, why = '' } = stack.roles[name] ?? {};
  if (role === 'worker' || role === 'scheduler')
    return [{ service: name, why: `${why}; not in the canary unless you choose it` }];
  if (role !== 'app') return [];
  const obstacle = obstacleOf(stack, name);
  if (obstacle)
    return serviceOf(stack, name).build ? [{ service: name, why: `left out: ${obstacle}` }] : [];
  if (!wanted.includes(name)) return [];
  const way = wayIn(stack, name);
  const reason =
    way?.kind === 'labels'
      ? `users reach it only by ${way.by}; left to the stable`
      : 'nothing shows that users reach it; not in the canary unless you choose it';
  return [{ service: name, why: reason }];
}

function describeCandidate(stack: Stack, name: string): string {
  const service = serviceOf(stack, name);
  const ports = (service.ports ?? []).flatMap(({ published, protocol = 'tcp' }) =>
    published && protocol === 'tcp' ? [published] : [],
  );
  const where = ports.length > 0 ? `, published on ${ports.join(', ')}` : '';
  const { role, why } = stack.roles[name] ?? {};
  const what = service.build ? 'built from this repository' : `runs ${service.image}`;
  return `${what}${where}${role === 'app' ? '' : `; it ${why}`}`;
}
