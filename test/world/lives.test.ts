import { expect, test } from 'vitest';
import { lifeOf, lifeText } from '../support/world/life.ts';
import { live } from '../support/world/live.ts';

const FROM = Number(process.env.CANARY_SEED ?? 1);
const COUNT = Number(process.env.CANARY_SEEDS ?? 40);

test('lives', { timeout: 3_600_000 }, async () => {
  let bad = 0;
  const tally = new Map<string, number>();
  const began = process.cpuUsage();
  for (let seed = FROM; seed < FROM + COUNT; seed += 1) {
    const { problems, trace, story } = await live(lifeOf(seed), {
      isTraced: process.env.CANARY_TRACE === '1',
    });
    for (const { argv, exitCode, stderr } of story.chapters) {
      const code = exitCode === 0 ? '' : (/✖ (.*)/.exec(stderr)?.[1] ?? '').replace(/\d+/g, 'N').slice(0, 70);
      const key = `${argv[0]} ${exitCode} ${code}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
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
  if (process.env.CANARY_TALLY) process.stdout.write('\n' + [...tally].sort((a, b) => b[1] - a[1]).map(([k, n]) => `tally ${n} ${k}`).join('\n') + '\n');
  expect(bad).toBe(0);
});
