import { expect, test } from 'vitest';
import { MOMENTS, MOMENTS_IN_GIT } from '../support/world/moments.ts';
import { kill, killedAt, type Moment, RECOVERIES, undisturbed } from '../support/world/schedule.ts';

/** Milliseconds into a call of a program; at the engine, Compose does something every 20. */
const IN_FLIGHT = [undefined, 5, 40, 60];

/** Of every schedule one in so many; the whole takes minutes: `npm run simulate`. */
const ONE_IN = Number(process.env.CANARY_SCHEDULES_ONE_IN ?? 8);
/** Real calls of git make a schedule four times as long, and there are more calls. */
const ONE_IN_OF_GIT = process.env.CANARY_SCHEDULES_ONE_IN ? ONE_IN : 12 * ONE_IN;

test.for([...Object.values(MOMENTS), ...Object.values(MOMENTS_IN_GIT)])(
  'killed at any call of `$name`, it converges',
  { timeout: 3_600_000 },
  async (moment) => {
    expect(await problemsOf(moment)).toEqual([]);
  },
);

async function problemsOf(moment: Moment): Promise<string[]> {
  const { problems, calls, end } = await undisturbed(moment);
  if (problems.length > 0) return problems;
  const all = calls.flatMap(({ number, name }) =>
    RECOVERIES.flatMap((recovery) =>
      (/^(docker|git) /.test(name) ? IN_FLIGHT : [undefined]).map((after) => ({
        ...{ number, name, recovery, after },
      })),
    ),
  );
  const found: string[] = [];
  const oneIn = moment.isInGit ? ONE_IN_OF_GIT : ONE_IN;
  for (const [index, { number, name, recovery, after }] of all.entries()) {
    if (index % oneIn !== 0) continue;
    const played = await killedAt(moment, kill(number, after), recovery, end);
    const at = `${number} ${name}${after ? `, ${after} ms later` : ''}, ${recovery}`;
    found.push(...played.problems.map((problem) => `${at}: ${problem}`));
  }
  return found;
}
