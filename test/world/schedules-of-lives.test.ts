import { expect, test } from 'vitest';
import type { Step } from '../support/world/life.ts';
import { live } from '../support/world/live.ts';
import { deployOf } from '../support/world/shop.ts';

interface Found {
  name: string;
  restarts?: boolean;
  steps: readonly Step[];
}

function step(argv: readonly string[], more: Partial<Step> = {}): Step {
  return { argv, faults: [], happenings: [], beside: undefined, rest: 0, ...more };
}

const AT_50 = [...deployOf(2), '--weight', '50'];

/** What random lives found, as short as they could be made. */
const FOUND: readonly Found[] = [
  {
    name: 'a claim of a command that was killed while it cleared a dead lock is removed',
    steps: [
      step(['up'], { faults: [{ call: 20, at: 'change', what: 'kill', ms: 0 }] }),
      step(['up'], { faults: [{ call: 5, at: 'change', what: 'kill', ms: 0 }] }),
    ],
  },
  {
    name: 'the network of a hand-over that was killed is removed when nothing is left to hand over',
    steps: [
      step(['up'], { faults: [{ call: 37, at: 'change', what: 'kill-in', ms: 5 }] }),
      step(['status'], {
        happenings: [
          { after: 0, what: 'the stable crashes' },
          { after: 7500, what: 'the stable crashes' },
        ],
      }),
    ],
  },
  {
    name: 'a pause takes the users off a canary that has crashed',
    steps: [
      step(['up']),
      step(AT_50, { rest: 1000 }),
      step(['status'], { happenings: [{ after: 0, what: 'the canary crashes' }] }),
      step(['pause']),
    ],
  },
  {
    name: 'an env file that cannot be read keeps no users on the canary',
    steps: [
      step(['up']),
      step(AT_50),
      step(['abort'], { faults: [{ call: 1, at: 'disk', what: 'fails', ms: 0 }] }),
    ],
  },
  {
    name: 'a step that is gone on with after the clock was set back takes its own time',
    steps: [
      step(['up']),
      step([...deployOf(2), '--detach'], {
        happenings: [{ after: 1500, what: 'the clock is set back' }],
        rest: 2000,
      }),
      step(['resume']),
    ],
  },
];

test.for(FOUND)('$name', async ({ steps, restarts = false }) => {
  const { problems } = await live({ restarts, steps });
  expect(problems).toEqual([]);
});
