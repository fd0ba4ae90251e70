import { argo } from './rules/argo.ts';
import { flagger } from './rules/flagger.ts';
import { kayenta } from './rules/kayenta.ts';
import { ours } from './rules/ours.ts';
import type { Rule } from './rules/rule.ts';

/** The rules, by the name in the tables; each run has new ones. */
const CONTENDERS = {
  canary: ours,
  'Flagger, threshold 1': () => flagger(1),
  'Flagger, threshold 5': () => flagger(5),
  'Argo Rollouts, 60 s, failureLimit 0': () => argo({ interval: 1, failureLimit: 0 }),
  'Argo Rollouts, 5 min, failureLimit 3': () => argo({ interval: 5, failureLimit: 3 }),
  'Kayenta, 3 h': kayenta,
} satisfies Record<string, () => Rule>;

export type Name = keyof typeof CONTENDERS;

export const NAMES = Object.keys(CONTENDERS) as Name[];

/** New instances of all rules, for a run. */
export function newContenders(): Record<Name, Rule> {
  const made = NAMES.map((name) => [name, CONTENDERS[name]()] as const);
  return Object.fromEntries(made) as Record<Name, Rule>;
}
