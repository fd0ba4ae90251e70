import type { Entry } from '../compose/slice.ts';
import type { ObservedContainer } from './observed.ts';
import type { Step } from './step.ts';

/** What does not change between two looks. */
export interface Situation {
  /** Every service of the compose model. */
  services: readonly string[];
  slice: readonly { service: string; entry: Entry | undefined }[];
  /** The services of the slice that have no image of this commit yet, of those that are built. */
  unbuilt: (commit: string) => readonly string[];
  /** Whether a stable container runs the image of this commit. */
  stableRuns: (container: ObservedContainer, commit: string) => boolean;
  /** What the proxy should run with: digests of its container and of its configuration. */
  proxy: { definition: string; configuration: string };
  /** Services that mount files which a promotion changes; they see them only once the branch has moved. */
  movedFiles: readonly string[];
  /** The commit the stable branch points to. */
  branchAt: string | undefined;
}

/** The plan so far and the weight it leaves. */
export class Draft {
  readonly steps: Step[] = [];
  private weight: number;

  constructor(weight: number) {
    this.weight = weight;
  }

  add(step: Step): void {
    this.steps.push(step);
  }

  /** Whether every user is on the canary by now. */
  sendsEveryone(): boolean {
    return this.weight === 100;
  }

  setWeight(weight: number, cause: string): void {
    if (weight === this.weight) return;
    this.weight = weight;
    this.add({ kind: 'set-weight', weight, cause });
  }
}
