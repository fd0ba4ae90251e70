import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { git } from '../support/world/git.ts';
import { ALWAYS, AT_REST, broken } from '../support/world/invariants.ts';
import { lookAround } from '../support/world/live.ts';
import { shopInGit } from '../support/world/repository.ts';
import { CROWD, DEPLOY, PORT, SECRET, shop } from '../support/world/shop.ts';
import { begin, ownFiles, type Story, tell, text } from '../support/world/story.ts';
import { TOLD } from '../support/world/truth.ts';
import type { World } from '../support/world/world.ts';

/** Something that goes wrong: at a call of a command, or in what is there after the last one. */
interface Mutation {
  of: string;
  command?: string;
  /** At the first call of that name. */
  at?: RegExp;
  act?: (world: World, process: Parameters<World['onCall']>[0]) => void;
  after?: (story: Story) => void;
  /** In a repository: without commands, the rest is the same there. */
  isInGit?: true;
}

const COMMANDS = [['up'], [...DEPLOY, '--weight', '20'], ['weight', '40'], ['status'], ['abort']];
const TO_WEIGHT = / weight 4000$/;

const stable = ({ engine }: World, service: string) =>
  engine.find(
    [...engine.containers.values()].find(
      ({ labels }) => labels['com.docker.compose.service'] === service,
    )?.id ?? '',
  );

const proxyOf = ({ engine, haproxy }: World) => {
  const container = [...engine.containers.values()].find((each) => haproxy.of(each)?.current);
  const worker = container && haproxy.of(container)?.current;
  if (!container || !worker) throw new Error('no proxy runs');
  return { container, worker };
};

const own = ({ world }: Story, name: string, content: string) =>
  writeFileSync(world.file(`.canary/${name}`), content);

const MUTATIONS: readonly Mutation[] = [
  {
    of: 'no container of the stable or of a shared service is touched by a command that may not',
    ...{ command: 'weight', at: TO_WEIGHT, act: restart('api') },
  },
  {
    of: 'the database is never stopped',
    ...{ command: 'weight', at: TO_WEIGHT, act: restart('db') },
  },
  {
    of: 'the weight is never above what was asked for',
    ...{ command: 'weight', at: /^write/ },
    act: (world) => void proxyOf(world).worker.maps.get('weights.map')?.set('weight', '9000'),
  },
  {
    of: 'raising the weight only adds users',
    ...{ command: 'weight', at: TO_WEIGHT },
    act: (world) => {
      const { worker } = proxyOf(world);
      const answer = worker.answer.bind(worker);
      worker.answer = (user, port) => answer(`${user} hashed again`, port);
    },
  },
  {
    of: 'a way out takes the users off before anything slower',
    ...{ command: 'abort', at: / weight -1$/ },
    act: (_, { trace }) => void trace.unshift({ number: 0, name: 'POST /containers/ID/stop' }),
  },
  {
    of: "the user's HEAD, index and files are as they were",
    ...{ isInGit: true, after: ({ world }) => void git(world, world.folder, ['add', 'draft.txt']) },
  },
  {
    of: 'the repository is sound, and has nothing that canary does not keep',
    ...{ isInGit: true, after: ({ world }) => writeFileSync(world.file('.git/index.lock'), '') },
  },
  {
    of: 'no request is lost',
    ...{ command: 'weight', at: TO_WEIGHT },
    act: (world) => world.engine.disconnect(proxyOf(world).container, 'shop_default'),
  },
  {
    of: 'there is at most one release that has not ended',
    after: (story) => {
      const name = ownFiles(story.world).find((each) => each.endsWith('.jsonl')) ?? '';
      const [begun = ''] = text(story.world.file(name)).split('\n');
      for (const second of ['releases/20270101-000000-aaaaaaa', 'releases/20270101-000001-aaaaaaa'])
        own(story, `${second}.jsonl`, `${begun}\n`);
    },
  },
  { of: 'a journal is of one release, and has each fact once', after: tampered(doubled) },
  {
    of: "the user's files are as they were",
    after: ({ world }) => writeFileSync(world.file('canary.yaml'), 'version: 1\n'),
  },
  {
    of: 'no secret is in anything written',
    after: (story) => own(story, 'note.txt', `TOKEN=${SECRET}`),
  },
  {
    of: 'journal, labels and proxy tell one story',
    after: ({ world, chapters }) => {
      proxyOf(world).worker.maps.get('weights.map')?.set('weight', '3000');
      const last = chapters.at(-1);
      if (last) chapters.push({ ...last, after: { ...last.after, weight: 3000 } });
    },
  },
  { of: 'nothing is left behind', after: (story) => own(story, 'lock.json', '{}') },
  {
    of: '`status`, its JSON, the journal and the proxy agree',
    after: ({ looks }) => {
      const look = looks.find(({ json }) => json.includes('"set":40'));
      if (look) Object.assign(look, { json: look.json.replace('"set":40', '"set":20') });
    },
  },
  {
    of: 'no text has a slip of the pen',
    after: ({ chapters: [first] }) => first && Object.assign(first, { stderr: 'for undefined s' }),
  },
  {
    of: 'a failed command ends with a command that exists',
    after: ({ chapters: [first] }) => {
      const stderr = '✖ It failed.\n  Run `canary mend --all`.';
      if (first) Object.assign(first, { exitCode: 1, stderr });
    },
  },
  {
    of: 'a failed command says where users are',
    after: ({ chapters }) => {
      const failed = chapters.find(({ argv }) => argv[0] === 'weight');
      const stderr =
        '✖ It failed.\n  All users are on the stable.\n  `canary status` shows what runs.';
      if (failed) Object.assign(failed, { exitCode: 1, stderr });
    },
  },
  {
    of: 'no alarm about users while users are answered',
    // Not the one after `up`, around which the port changed hands.
    after: ({ looks: [, , third] }) =>
      third && Object.assign(third, { text: '✖ The proxy does not reach web: users get errors.' }),
  },
];

/** Changes the lines of the only journal there is. */
function tampered(how: (lines: readonly string[]) => readonly string[]): (story: Story) => void {
  return (story) => {
    const name = ownFiles(story.world).find((each) => each.endsWith('.jsonl')) ?? '';
    const lines = text(story.world.file(name)).split('\n').filter(Boolean);
    writeFileSync(story.world.file(name), `${how(lines).join('\n')}\n`);
  };
}

function isWeight(line: string): boolean {
  return line.includes('"type":"weight-set","weight":40');
}

function doubled(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line.includes('"type":"weight-set"') ? [line, line] : [line]));
}

const HOLDING = [['up'], [...DEPLOY, '--weight', '20'], ['weight', '40']];
const ONE_STORY = 'journal, labels and proxy tell one story';
const RECORD = 'a journal is of one release, and has each fact once';

/** What somebody, or a disk, may do to the record of a release that holds. */
const TAMPERED: readonly (Mutation & { name: string })[] = [
  {
    name: 'a line is lost',
    of: ONE_STORY,
    after: tampered((lines) => lines.filter((line) => !isWeight(line))),
  },
  { name: 'a line is doubled', of: RECORD, after: tampered(doubled) },
  {
    name: 'a line is of another release',
    of: RECORD,
    after: tampered(([first = '', ...rest]) => [
      first,
      ...rest,
      first.replace(/-6b1ade4/, '-aaaaaaa'),
    ]),
  },
  {
    name: 'a weight is wrong',
    of: ONE_STORY,
    after: tampered((lines) =>
      lines.map((line) => (isWeight(line) ? line.replace('"weight":40', '"weight":30') : line)),
    ),
  },
  {
    name: 'the id is wrong',
    of: RECORD,
    after: tampered((lines) =>
      lines.map((line) => line.replace(/"id":"[^"]*"/, '"id":"20260105-090009-bbbbbbb"')),
    ),
  },
];

function restart(service: string): NonNullable<Mutation['act']> {
  return (world) => {
    const container = stable(world, service);
    world.engine.stop(container);
    world.engine.start(container);
  };
}

async function seen(mutation?: Mutation, commands = COMMANDS): Promise<string[]> {
  const world = await (mutation?.isInGit ? shopInGit() : shop());
  try {
    const story = begin(world);
    let isDone = false;
    world.visitors.begin(CROWD.users, CROWD.everyMs, PORT);
    for (const argv of commands) {
      world.onCall = (process, { name }) => {
        if (isDone || !mutation || argv[0] !== mutation.command || !mutation.at?.test(name)) return;
        isDone = true;
        mutation.act?.(world, process);
      };
      await tell(story, argv);
      await world.timeline.until(lookAround(story, argv[0] ?? ''));
      await world.timeline.pass(2000);
    }
    world.visitors.end();
    await world.timeline.pass(6000);
    mutation?.after?.(story);
    expect(isDone || !mutation?.command).toBe(true);
    const invariants = [...ALWAYS, ...AT_REST, ...TOLD];
    return invariants.filter((each) => broken(story, [each]).length > 0).map(({ name }) => name);
  } finally {
    world.destroy();
  }
}

test('an undisturbed life breaks no invariant', async () => {
  expect(await seen()).toEqual([]);
});

test('each invariant has a mutation', () => {
  const names = [...ALWAYS, ...AT_REST, ...TOLD].map(({ name }) => name);
  expect(MUTATIONS.map(({ of }) => of).sort()).toEqual(names.sort());
});

test.for(MUTATIONS)('goes red: $of', async (mutation) => {
  expect(await seen(mutation, mutation.isInGit ? [] : COMMANDS)).toContain(mutation.of);
});

test('an undisturbed record breaks no invariant', async () => {
  expect(await seen(undefined, HOLDING)).toEqual([]);
});

test.for(TAMPERED)('a tampered record is seen: $name', async (mutation) => {
  expect(await seen(mutation, HOLDING)).toEqual([mutation.of]);
});
