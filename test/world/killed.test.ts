import { expect, test } from 'vitest';
import { MOMENTS } from '../support/world/moments.ts';
import { kill, killedAt, RECOVERIES, undisturbed } from '../support/world/schedule.ts';

/** Milliseconds into a call of a program; at the engine, Compose does something every 20. */
const IN_FLIGHT = [undefined, 5, 40, 60];

/** Of every schedule one in so many; the whole takes minutes: `npm run simulate`. */
const ONE_IN = Number(process.env.CANARY_SCHEDULES_ONE_IN ?? 8);

test.for(Object.values(MOMENTS))(
  'killed at any call of `$name`, it converges',
  { timeout: 900_000 },
  async (moment) => {
    const { problems, calls, end } = await undisturbed(moment);
    expect(problems).toEqual([]);
    const all = calls.flatMap(({ number, name }) =>
      RECOVERIES.flatMap((recovery) =>
        (name.startsWith('docker') ? IN_FLIGHT : [undefined]).map((after) => ({
          ...{ number, name, recovery, after },
        })),
      ),
    );
    const found: string[] = [];
    for (const [index, { number, name, recovery, after }] of all.entries()) {
      if (index % ONE_IN !== 0) continue;
      const played = await killedAt(moment, kill(number, after), recovery, end);
      const at = `${number} ${name}${after ? `, ${after} ms later` : ''}, ${recovery}`;
      found.push(...played.problems.map((problem) => `${at}: ${problem}`));
    }
    expect(found).toEqual([]);
  },
);
