import { expect, test } from 'vitest';
import { MOMENTS, MOMENTS_IN_GIT } from '../support/world/moments.ts';
import type { Faults } from '../support/world/process.ts';
import {
  kill,
  killAfter,
  killAt,
  killedAt,
  type Moment,
  undisturbed,
} from '../support/world/schedule.ts';

interface Schedule {
  name: string;
  moment: Moment;
  faults: () => Faults;
}

/** What was found by killing commands at every call: each left something wrong after the command was run again. */
const FOUND: readonly Schedule[] = [
  {
    name: 'a file that was being written is not left for ever',
    moment: MOMENTS.up,
    faults: () => killAt(/^write proxy\/weights\.map/),
  },
  {
    name: 'a second container that was made and not started does not get a third beside it',
    moment: MOMENTS.up,
    faults: () => killAt(/^docker compose .*web=2/, 40),
  },
  {
    name: 'a stand-in that was made and not started is started',
    moment: MOMENTS.up,
    faults: () => killAt(/^docker compose .* up never web$/, 40),
  },
  {
    name: 'a pause that only the proxy knew outlives its restart',
    moment: MOMENTS.pause,
    faults: () => killAt(/^write proxy\/weights\.map/),
  },
  {
    name: 'a pause that no journal has is recorded by the next',
    moment: MOMENTS.pause,
    faults: () => kill(14),
  },
  {
    name: 'a resume that only the proxy knew outlives its restart',
    moment: MOMENTS.resume,
    faults: () => killAt(/^write proxy\/weights\.map/),
  },
  {
    name: 'a stable that was being made anew is no second replica',
    moment: MOMENTS.promote,
    faults: () => killAt(/^docker compose .* up never web api/, 40),
  },
  {
    name: 'a promotion that only lacked its last word has ended',
    moment: MOMENTS.promote,
    faults: () => kill(77),
  },
  {
    name: 'the container that gave the port back is removed by the next down',
    moment: MOMENTS.down,
    faults: () => kill(24),
  },
  {
    name: 'a commit of a revert that no journal has is not made once more',
    moment: MOMENTS_IN_GIT.revert,
    faults: () => killAfter(/^git update-ref/),
  },
];

test.for(FOUND)('$name', async ({ moment, faults }) => {
  const { end, problems } = await undisturbed(moment);
  expect(problems).toEqual([]);
  const played = await killedAt(moment, faults(), 'again', end);
  expect(played.problems).toEqual([]);
});
