import { expect, test } from 'vitest';
import type { FaultAt, Step } from '../support/world/life.ts';
import { live } from '../support/world/live.ts';
import { deployOf } from '../support/world/shop.ts';

interface Found {
  name: string;
  restarts?: boolean;
  isInGit?: boolean;
  steps: readonly Step[];
}

function step(argv: readonly string[], more: Partial<Step> = {}): Step {
  return { argv, faults: [], happenings: [], beside: undefined, rest: 0, ...more };
}

function fault(what: FaultAt['what'], call: number, ms = 0): FaultAt {
  return { call, at: 'change', what, ms };
}

const AT_50 = [...deployOf(2), '--weight', '50'];

/** What random lives found, as short as they could be made. */
const FOUND: readonly Found[] = [
  {
    name: 'a claim of a command that was killed while it cleared a dead lock is removed',
    steps: [
      step(['up'], { faults: [fault('kill', 20)] }),
      step(['up'], { faults: [fault('kill', 5)] }),
    ],
  },
  {
    name: 'the network of a hand-over that was killed is removed when nothing is left to hand over',
    steps: [
      step(['up'], { faults: [fault('kill-in', 37, 5)] }),
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
  {
    name: 'a hand-over of which neither the end nor what was put back worked is mended by the next up',
    steps: [step(['up'], { faults: [fault('interrupt', 34), fault('fails-after', 41)] })],
  },
  {
    name: 'a container that lost its networks to a hand-over that was killed has its port again when the next one fails',
    steps: [
      step(['up'], { faults: [fault('kill', 37)] }),
      step(['up'], { faults: [fault('fails', 22)] }),
    ],
  },
  {
    name: 'a proxy that a killed hand-over left without ports is not in front: nobody gets errors, and nothing is deployed',
    restarts: true,
    steps: [
      step(['up'], {
        faults: [fault('kill', 36)],
        beside: { after: 550, argv: deployOf(2), faults: [] },
      }),
    ],
  },
  {
    name: 'a proxy that a killed hand-over had not started yet is made anew',
    steps: [step(['up'], { faults: [fault('kill', 31)] })],
  },
  {
    name: 'a pause that is interrupted takes the users off',
    steps: [
      step(['up']),
      step(AT_50),
      step(['pause'], { faults: [{ call: 1, at: 'disk', what: 'interrupt', ms: 0 }] }),
    ],
  },
  {
    name: 'the canary of a release that ended for another, which could not begin, is removed by up',
    steps: [
      step(['up']),
      step([...deployOf(2), '--detach'], { faults: [fault('fails', 30)] }),
      step(['promote', '--yes'], {
        happenings: [{ after: 372, what: 'the disk is full for a while' }],
        rest: 230,
      }),
      step([...deployOf(3), '--weight', '100']),
    ],
  },
  {
    name: 'a promotion whose one call at the proxy failed leaves nobody on the canary that it removes',
    steps: [
      step(['up']),
      step(deployOf(2)),
      step(['promote', '--yes'], { faults: [fault('fails', 48)] }),
    ],
  },
  {
    name: 'a pause whose first line in the journal could not be written is a pause',
    steps: [step(['up']), step(AT_50), step(['pause'], { faults: [fault('hangs', 11, 75_000)] })],
  },
  {
    name: 'a pause takes the users off although the engine does not answer',
    steps: [
      step(['up']),
      step(AT_50),
      step(['pause'], { faults: [{ call: 14, at: 'engine', what: 'fails', ms: 0 }] }),
    ],
  },
  {
    name: 'a pause takes the users off although the proxy did not answer at first',
    steps: [
      step(['up']),
      step(AT_50),
      step(['pause'], { faults: [{ call: 1, at: 'proxy', what: 'fails', ms: 0 }] }),
    ],
  },
  {
    name: 'a down that is stopped on a full disk, where the proxy cannot start again, leaves somebody at the port',
    steps: [
      step(['up']),
      step(['status'], {
        happenings: [{ after: 0, what: 'the disk is full for a while' }],
        beside: { after: 10, argv: ['down'], faults: [fault('interrupt', 26)] },
      }),
    ],
  },
  {
    name: 'a stable whose file names a still older image gets back what it ran before a promotion that was cut off',
    steps: [
      step(['up']),
      step(AT_50),
      step(['promote', '--yes', '--now']),
      step([...deployOf(3), '--weight', '40']),
      step(['promote', '--yes', '--now'], { faults: [fault('kill', 39)] }),
    ],
  },
];

test.for(FOUND)('$name', async ({ steps, restarts = false, isInGit = false }) => {
  const { problems } = await live({ restarts, isInGit, steps });
  expect(problems).toEqual([]);
});
