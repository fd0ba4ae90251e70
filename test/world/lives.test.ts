import { expect, test } from 'vitest';
import { lifeOf, lifeText } from '../support/world/life.ts';
import { live } from '../support/world/live.ts';

const FROM = Number(process.env.CANARY_SEED ?? 1);
const COUNT = Number(process.env.CANARY_SEEDS ?? 40);

test('lives', { timeout: 3_600_000 }, async () => {
  let bad = 0;
  const began = process.cpuUsage();
  for (let seed = FROM; seed < FROM + COUNT; seed += 1) {
    const { problems, trace } = await live(lifeOf(seed), {
      isTraced: process.env.CANARY_TRACE === '1',
    });
    if (problems.length === 0 && !process.env.CANARY_TRACE) continue;
    bad += problems.length > 0 ? 1 : 0;
    process.stdout.write('\n' +
      [
        `--- seed ${seed}`,
        lifeText(lifeOf(seed)),
        ...trace,
        ...problems.map((p) => `!! ${p}`),
      ].join('\n'),
    );
  }
  const { user, system } = process.cpuUsage(began);
  process.stdout.write('\n' +
    `${COUNT} seeds, ${bad} bad, ${((user + system) / 1e6 / COUNT).toFixed(3)} s CPU each`,
  );
  expect(bad).toBe(0);
});
