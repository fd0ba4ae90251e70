import { expect, test } from 'vitest';
import type { Faults } from '../support/world/process.ts';
import { killAt } from '../support/world/schedule.ts';
import { DEPLOY, shop } from '../support/world/shop.ts';
import { begin, type Chapter, type Story, tell } from '../support/world/story.ts';

const AT_20 = [...DEPLOY, '--weight', '20'];
const toWeight: Faults = ({ name }) => (/ weight 4000$/.test(name) ? 'fails' : undefined);

async function told(act: (story: Story) => Promise<Chapter>): Promise<Chapter> {
  const world = await shop();
  try {
    return await act(begin(world));
  } finally {
    world.destroy();
  }
}

test('a command that could not move users says where they stayed, to people and to programs', async () => {
  const text = await told(async (story) => {
    for (const argv of [['up'], AT_20]) await tell(story, argv);
    return tell(story, ['weight', '40'], toWeight);
  });
  expect(text.stderr).toContain('\n  Users: 20 % on the canary, 80 % on the stable.\n');
  const json = await told(async (story) => {
    for (const argv of [['up'], AT_20]) await tell(story, argv);
    return tell(story, ['weight', '40', '--json'], toWeight);
  });
  const users = { canary: 20, text: 'Users: 20 % on the canary, 80 % on the stable.' };
  expect(JSON.parse(json.stdout).error.users).toEqual(users);
});

test('a proxy that hangs is asked for three seconds', async () => {
  let ms = 0;
  const { stderr } = await told(async (story) => {
    for (const argv of [['up'], AT_20]) await tell(story, argv);
    let hasFailed = false;
    const { timeline } = story.world;
    const chapter = await tell(story, ['weight', '40'], (call) => {
      if (hasFailed && call.looksAt === 'proxy') return { hangs: 60_000 };
      if (!hasFailed && toWeight(call)) {
        hasFailed = true;
        ms = timeline.now();
        return 'fails';
      }
      return undefined;
    });
    ms = timeline.now() - ms;
    return chapter;
  });
  expect(stderr).toContain('Nobody knows where users are: the proxy does not answer.');
  // The failure itself looks at the proxy, too, and takes the users off.
  expect(ms).toBeLessThan(20_000);
});

test('without a proxy, who has the port answers', async () => {
  const before = await told((story) =>
    tell(story, ['up'], ({ name }) => (name.startsWith('docker') ? 'fails' : undefined)),
  );
  expect(before.stderr).toContain('\n  All users are on the stable.\n');
  const between = await told(async (story) => {
    await tell(story, ['up'], killAt(/^proxy: disable frontend/));
    return tell(story, ['up'], ({ name }) => (name.startsWith('open') ? 'fails' : undefined));
  });
  expect(between.stderr).toContain('\n  Nobody answers at port 8080. Run `canary up`.\n');
});

test('a wrong command, or one that looks, says nothing of users', async () => {
  const { stderr, exitCode } = await told((story) => tell(story, ['weight', '40']));
  expect(exitCode).toBe(2);
  expect(stderr).not.toContain('All users');
  const status = await told((story) =>
    tell(story, ['status'], ({ looksAt }) => (looksAt === 'engine' ? 'fails' : undefined)),
  );
  expect(status.exitCode).toBe(6);
  expect(status.stderr).not.toContain('All users');
});
