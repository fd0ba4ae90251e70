import { expect, test } from 'vitest';
import { kill, killedAt, type Moment, RECOVERIES, undisturbed } from '../support/world/schedule.ts';
import { DEPLOY } from '../support/world/shop.ts';

const AT_20 = [...DEPLOY, '--weight', '20'];

const MOMENTS: readonly Moment[] = [
  { name: 'up', before: [], command: ['up'], isEnded: false },
  { name: 'deploy', before: [['up']], command: DEPLOY, isEnded: true },
  { name: 'weight', before: [['up'], AT_20], command: ['weight', '40'], isEnded: true },
  { name: 'pause', before: [['up'], AT_20], command: ['pause'], isEnded: true },
  { name: 'resume', before: [['up'], AT_20, ['pause']], command: ['resume'], isEnded: true },
  { name: 'promote', before: [['up'], AT_20], command: ['promote', '--yes'], isEnded: true },
  { name: 'abort', before: [['up'], AT_20], command: ['abort'], isEnded: true },
  { name: 'revert', before: [['up'], AT_20], command: ['revert'], isEnded: true },
  { name: 'down', before: [['up']], command: ['down'], isEnded: false },
];

/** Milliseconds into a call of a program; at the engine, Compose does something every 20. */
const IN_FLIGHT = [undefined, 5, 40, 60];

test.for(MOMENTS)('killed at any call of `$name`, it converges', async (moment) => {
  const { problems, calls, end } = await undisturbed(moment);
  expect(problems).toEqual([]);
  const found = new Map<string, string[]>();
  for (const { number, name } of calls) {
    for (const recovery of RECOVERIES) {
      for (const after of name.startsWith('docker') ? IN_FLIGHT : [undefined]) {
        const played = await killedAt(moment, kill(number, after), recovery, end);
        const schedule = `${number} ${name}${after ? `, ${after} ms later` : ''}, ${recovery}`;
        for (const problem of played.problems)
          found.set(problem, [...(found.get(problem) ?? []), schedule]);
      }
    }
  }
  const said = [...found].map(([problem, at]) => [problem, at.length, ...at.slice(0, 3)]);
  expect(said).toEqual([]);
});
