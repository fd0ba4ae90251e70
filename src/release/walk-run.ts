import type { Analysis } from '../probes/probes.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import type { Run } from '../project/run.ts';
import type { Release } from '../rollout/release.ts';

/** What going through the steps of a release works with. */
export type WalkRun = Run & { release: Release; checkout: Checkout };

/** `analysis`: who judges the canary meanwhile, if anybody does. */
export type JudgedRun = WalkRun & { analysis: Analysis | undefined };
