import { expect, test } from 'vitest';
import { lifeOf } from '../support/world/life.ts';
import { live } from '../support/world/live.ts';

/** Among them faults, kills, commands beside each other, and a clock that is set. */
const SEEDS = [20_018, 21_322, 21_431];

/** Every call and its time, what each command said, and what each user got. */
async function lived(seed: number): Promise<string> {
  const { trace, story } = await live(lifeOf(seed), { isTraced: true });
  const visits = story.world.visitors.visits.map((each) => JSON.stringify(each));
  return [...trace, ...visits].join('\n');
}

test.for(SEEDS)('seed %i gives the same life twice, byte by byte', async (seed) => {
  const first = await lived(seed);
  expect(first.length).toBeGreaterThan(10_000);
  expect(await lived(seed)).toBe(first);
});
