import type { Run } from '../project/run.ts';
import type { Observed } from '../rollout/observed.ts';
import type { Plan } from '../rollout/operation.ts';
import type { Situation } from '../rollout/plan-draft.ts';
import { type Desired, reconcile } from '../rollout/reconcile.ts';
import { consequences } from './consequences.ts';
import { execute } from './execute.ts';
import { observe } from './observe.ts';
import { situationOf } from './situation.ts';

/** What was seen, and the plan made from it. */
export interface Planned {
  observed: Observed;
  situation: Situation;
  plan: Plan;
}

/** What should be; a function if that depends on what exists. */
export type Wanted = Desired | ((seen: Omit<Planned, 'plan'>) => Desired | Promise<Desired>);

/** Looks at the world and plans how to reach what is wanted. Changes nothing. */
export async function planFor(run: Run, wanted: Wanted): Promise<Planned> {
  const observed = await observe(run);
  const situation = await situationOf(run);
  const desired = typeof wanted === 'function' ? await wanted({ observed, situation }) : wanted;
  return { observed, situation, plan: reconcile(desired, observed, situation) };
}

/** The only way to change the world: look, plan, announce the plan, do it. Returns what it planned from. */
export async function converge<R extends Run>(
  run: R,
  wanted: Wanted,
  perform: (run: R, plan: Plan) => Promise<void> = execute,
): Promise<Planned> {
  const planned = await planFor(run, wanted);
  const { emit } = run.context;
  emit({ type: 'plan-made', plan: planned.plan });
  // Every way out must go on where files can no longer be read.
  const expected = await consequences(run.project, planned.observed, planned.plan).catch(() => []);
  for (const text of expected) emit({ type: 'notice', text });
  await perform(run, planned.plan);
  return planned;
}
