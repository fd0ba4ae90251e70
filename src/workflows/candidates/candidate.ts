import type { Checkout } from '../../project/checkout/checkout.ts';

/** What may become the canary, whatever it is made of. */
export interface Candidate {
  /** The branch; empty for images that were built elsewhere. */
  branch: string;
  /** Gets what the canary is made from. Needs the lock; called before an earlier release ends, so it may refuse. */
  checkOut: () => Promise<Checkout>;
  /** Called when the canary is ready. */
  onReady?: () => Promise<void>;
  /** Called when its release failed, after users had seen this commit. */
  onFailureWithUsers?: () => Promise<void>;
}

/** Throws what is in the way of a candidate, before the images that it names are pulled. */
export type Vet = (checkout: Checkout) => Promise<void>;
