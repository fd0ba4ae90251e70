import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortCommit } from '../compose/names.ts';
import { callersOutside, findCalls } from '../compose/service-map.ts';
import { branchRef } from '../git/branch-name.ts';
import { reconcile } from '../rollout/reconcile.ts';
import type { Plan } from '../rollout/step.ts';
import type { Context } from './context.ts';
import { observe } from './execution/observe.ts';
import { situationOf } from './execution/situation.ts';
import { resolveBranch } from './project/branches.ts';
import { checkOut } from './project/checkout.ts';
import { loadProject, type Project } from './project/project.ts';

export interface PlanResult {
  project: string;
  branch: string | null;
  commit: string | null;
  steps: Plan;
  /** What the operator should know before doing it. */
  notes: string[];
}

/** What `up`, or with a branch `up` and `deploy`, would do and why. Changes nothing. */
export async function plan(
  context: Context,
  branch: string | undefined,
  weight: number | undefined,
): Promise<PlanResult> {
  const ref = branch === undefined ? undefined : branchRef(branch);
  await context.engine.version();
  const project = await loadProject(context);
  const observed = await observe(context, project);
  if (branch === undefined || ref === undefined) {
    const steps = reconcile({ proxy: 'running' }, observed, await situationOf(context, project));
    return { project: project.name, branch: null, commit: null, steps, notes: notes(project) };
  }
  const commit = await resolveBranch(context, project.repository, branch, ref);
  // Outside the project, because a plan leaves no trace in it.
  const home = await realpath(await mkdtemp(join(tmpdir(), 'canary-plan-')));
  try {
    const checkout = await checkOut(context, project, commit, home);
    const situation = await situationOf(context, project, checkout);
    const services = project.slice.map((member) => member.service);
    const canary = { commit, services, weight: weight ?? observed.proxy.weight };
    const steps = reconcile({ proxy: 'running', canary }, observed, situation);
    const data = Object.entries(checkout.dataMounts).flatMap(([service, mounts]) =>
      mounts.map(
        (mount) => `${service} keeps using ${mount.source}: git does not track it, so it is data.`,
      ),
    );
    return { project: project.name, branch, commit, steps, notes: [...notes(project), ...data] };
  } finally {
    await context.git.removeWorktree(project.repository, join(home, shortCommit(commit)));
    await rm(home, { recursive: true, force: true });
  }
}

function notes(project: Project): string[] {
  const slice = project.slice.map((member) => member.service);
  const shared = Object.keys(project.model.services).filter((name) => !slice.includes(name));
  const callers = callersOutside(findCalls(project.model), slice);
  return [
    `Cloned: ${slice.join(', ')}. Shared with the stable: ${shared.join(', ') || 'nothing'}.`,
    ...callers.map(
      (call) => `${call.from} calls ${call.to} (${call.because}) and keeps reaching its stable.`,
    ),
  ];
}

/** A plan's branch in words. */
export function planTitle({ branch, commit }: PlanResult): string {
  return branch && commit ? `${branch} at ${shortCommit(commit)}` : 'the proxy';
}
