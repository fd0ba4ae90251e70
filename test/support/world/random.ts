import { randomFrom } from '../../../src/analysis/stats/random.ts';

/** Choices from a seed: the same for the same seed. */
export class Random {
  /** From 0 to 1, without 1. */
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = randomFrom(seed);
  }

  /** A whole number from `from` to `to`, both of them too. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** Low numbers more often than high ones. */
  low(to: number): number {
    return 1 + Math.floor(this.next() ** 2 * to);
  }

  isSo(chance: number): boolean {
    return this.next() < chance;
  }

  /** One of some, each as often as its weight says. */
  pick<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.next() * total;
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return (choices.at(-1) as readonly [number, T])[1];
  }
}
