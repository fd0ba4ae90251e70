import type { Context } from '../context.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import type { Project } from '../project/load.ts';

/** What a rehearsal works with: the canary's commit, checked out and its images built. */
export interface RehearsalRun {
  context: Context;
  project: Project;
  checkout: Checkout;
  signal: AbortSignal;
}
