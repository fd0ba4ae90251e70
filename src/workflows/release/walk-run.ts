import type { Release } from '../../rollout/release.ts';
import type { Analysis } from '../analysis/analysis.ts';
import type { Run } from '../execution/run.ts';
import type { Checkout } from '../project/checkout.ts';

/** What going through the steps of a release works with. */
export type WalkRun = Run & { release: Release; checkout: Checkout };

/** `analysis`: who judges the canary meanwhile, if anybody does. */
export type JudgedRun = WalkRun & { analysis: Analysis | undefined };
