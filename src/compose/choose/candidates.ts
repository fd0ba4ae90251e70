import { namespaceOwner } from '../namespaces.ts';
import { obstacleOf } from './choosable.ts';
import { isPlainEdge, type Stack, serviceOf, wayIn } from './stack.ts';

export interface Candidate {
  name: string;
  /** Chosen when nobody says otherwise. */
  isLikely: boolean;
  why: string;
}

/** A service that could have been likely and is left to the stable, and why. */
export interface LeftOut {
  service: string;
  why: string;
}

export interface Candidates {
  candidates: Candidate[];
  left: LeftOut[];
}

/**
 * Every service that could be cloned, and whether it likely should be: the team's own programs. That is what is built here;
 * where nothing is, what users reach.
 */
export function findCandidates(stack: Stack): Candidates {
  const names = Object.keys(stack.model.services).sort();
  const able = names.filter((name) => obstacleOf(stack, name) === undefined);
  const apps = able.filter((name) => isApp(stack, name));
  const built = apps.filter((name) => serviceOf(stack, name).build);
  const wanted = built.length > 0 ? built : apps.filter((name) => isReached(stack, name));
  const likely = new Set(wanted.filter((name) => !needsARouter(stack, name)));
  return {
    candidates: able.map((name) => ({
      name,
      isLikely: likely.has(name),
      why: describeCandidate(stack, name),
    })),
    left: names.flatMap((name) => whyLeft(stack, name, able, wanted)),
  };
}

/** No worker, no tool, no proxy that only hands on, no part of another service. */
function isApp(stack: Stack, name: string): boolean {
  return (
    stack.roles[name]?.role === 'app' &&
    !isPlainEdge(stack, name) &&
    !namespaceOwner(serviceOf(stack, name), stack.model)
  );
}

function isReached(stack: Stack, name: string): boolean {
  const way = wayIn(stack, name);
  return way !== undefined && !(way.kind === 'entry' && way.speaks === 'bytes');
}

function needsARouter(stack: Stack, name: string): boolean {
  return wayIn(stack, name)?.kind === 'labels';
}

function whyLeft(
  stack: Stack,
  name: string,
  able: readonly string[],
  wanted: readonly string[],
): LeftOut[] {
  const { role, why = '' } = stack.roles[name] ?? {};
  if (role === 'worker' || role === 'scheduler')
    return [{ service: name, why: `${why}; off in the canary unless chosen` }];
  const way = wayIn(stack, name);
  if (wanted.includes(name) && way?.kind === 'labels')
    return [{ service: name, why: `users reach it by ${way.by} alone; left to the stable` }];
  const isOwn = role === 'app' && serviceOf(stack, name).build;
  if (isOwn && !able.includes(name))
    return [{ service: name, why: `${obstacleOf(stack, name)} Left to the stable.` }];
  return [];
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
