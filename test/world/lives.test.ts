import { expect, test } from 'vitest';
import { type Life, lifeOf, lifeText } from '../support/world/life.ts';
import { live } from '../support/world/live.ts';
import { shrink } from '../support/world/shrink.ts';

/** `npm run simulate` plays more, or one: scripts/simulate.mjs. */
const FIRST = Number(process.env.CANARY_SEED ?? 1);
const COUNT = Number(process.env.CANARY_SEEDS ?? 50);
/** Says failing lives as they are: to shrink one plays it hundreds of times. */
const IS_QUICK = process.env.CANARY_SHRINK === '0';
const IS_TRACED = process.env.CANARY_TRACE === '1';
/** So many failures say enough. */
const MOST_FAILURES = Number(process.env.CANARY_FAILURES ?? 3);

test('a random life with faults ends well', { timeout: 7_200_000 }, async () => {
  const failures: string[] = [];
  for (let seed = FIRST; seed < FIRST + COUNT && failures.length < MOST_FAILURES; seed += 1) {
    const life = lifeOf(seed);
    const { problems, trace } = await live(life, { isTraced: IS_TRACED });
    if (IS_TRACED) process.stdout.write(`${[lifeText(life), ...trace].join('\n')}\n`);
    if (problems.length === 0) continue;
    failures.push(await told(seed, life, problems));
    // At once: the rest may take hours.
    process.stdout.write(`\n${failures.at(-1)}\n`);
  }
  expect(failures.join('\n\n')).toBe('');
});

/** The shortest life that breaks the same promise. */
async function told(seed: number, life: Life, problems: readonly string[]): Promise<string> {
  const kinds = problems.map(kindOf);
  const shortest = IS_QUICK
    ? life
    : await shrink(life, async (simpler) => {
        const { problems: found } = await live(simpler);
        return found.some((each) => kinds.includes(kindOf(each)));
      });
  const { problems: rest } = await live(shortest);
  const again = `npm run simulate -- --seed ${seed} --trace`;
  return [`seed ${seed} (${again}):`, lifeText(shortest), ...rest.map((each) => `!! ${each}`)].join(
    '\n',
  );
}

/** The name of the promise. */
function kindOf(problem: string): string {
  return problem.split(/:| ended with/)[0] ?? problem;
}
