import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ReleaseEvent } from '../../src/rollout/events.ts';
import { canary, canaryAndChanges, type Env, engineOff } from '../support/fixture-cli.ts';
import {
  emptyFolder,
  git,
  repository,
  SHOP_FILES,
  writeFiles,
} from '../support/fixture-project.ts';
import {
  journalText,
  leaveJournal,
  leaveRecord,
  state,
  weightSet,
} from '../support/fixture-release.ts';

let folder: string;
let commit: string;
let off: Env;

beforeEach(async () => {
  folder = await repository();
  commit = await git(folder, 'rev-parse', 'HEAD');
  off = await engineOff();
});

const STARTED: ReleaseEvent = {
  type: 'canary-started',
  images: [{ service: 'frontend', image: 'shop-frontend:canary-1', imageId: 'sha256:1' }],
};

const PULLED = [{ service: 'frontend', reference: 'acme/frontend:2', digest: 'sha256:3' }];

/** A promoted release, a reverted one, and the running one. */
const story = () => [
  journalText(
    { id: '20261121-120000-aaaaaaa', commit, branch: 'a', pulled: PULLED },
    STARTED,
    weightSet(5),
    weightSet(12.5),
    { type: 'stable-replaced', commit },
    weightSet(0),
    state('promoted', 'the stable runs it'),
  ),
  journalText(
    { id: '20261121-130000-bbbbbbb', commit, subject: 'Break\u001b[31m it' },
    state('reverted', 'taken\nback'),
  ),
  journalText({ id: '20261121-140000-ccccccc', commit }, weightSet(20), state('paused')),
];

test('lists every release on a line, newest first, without an engine and without changing anything', async () => {
  for (const journal of story()) await leaveJournal(folder, journal);
  const outcome = await canaryAndChanges(folder, ['history'], off);
  const short = commit.slice(0, 12);
  expect(outcome).toEqual({
    stdout: `2026-11-21 12:00Z  20261121-140000-ccccccc  canary  ${short}  ‖ paused    20 %    Make it cheaper
2026-11-21 12:00Z  20261121-130000-bbbbbbb  canary  ${short}  ↶ reverted  0 %     Break [31m it
2026-11-21 12:00Z  20261121-120000-aaaaaaa  a       ${short}  ✔ promoted  12.5 %  Make it cheaper
`,
    stderr: '',
    exitCode: 0,
    changes: [],
  });
});

test('-n lists only the newest, and anything but a count is rejected', async () => {
  for (const journal of story()) await leaveJournal(folder, journal);
  const { stdout } = await canary(folder, ['history', '-n', '1', '--json'], off);
  expect(JSON.parse(stdout).releases.map((each: { id: string }) => each.id)).toEqual([
    '20261121-140000-ccccccc',
  ]);
  for (const number of ['0', '-1', 'all', '1.5', '']) {
    const { exitCode, stderr } = await canary(folder, ['history', '-n', number], off);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `✖ \`${number}\` is not a count.\n  Run \`canary history --help\` to see what it takes.\n`,
    });
  }
});

test('journals and git contain the same history, field by field', async () => {
  for (const journal of story()) await leaveJournal(folder, journal);
  const told = await emptyFolder();
  await git(told, 'clone', '--quiet', folder, '.');
  for (const journal of story()) await leaveRecord(told, journal);
  const releases = async (from: string) =>
    JSON.parse((await canary(from, ['history', '--json'], off)).stdout).releases;
  const [ours, theirs] = [await releases(folder), await releases(told)];
  expect(ours.at(-1)).toEqual({
    id: '20261121-120000-aaaaaaa',
    project: 'shop',
    branch: 'a',
    commit,
    subject: 'Make it cheaper',
    services: ['frontend', 'discounts'],
    images: [{ service: 'frontend', image: 'shop-frontend:canary-1', imageId: 'sha256:1' }],
    pulled: PULLED,
    weights: [
      { weight: 5, at: '2026-11-21T12:02:00.000Z' },
      { weight: 12.5, at: '2026-11-21T12:03:00.000Z' },
      { weight: 0, at: '2026-11-21T12:05:00.000Z' },
    ],
    state: 'promoted',
    reason: 'the stable runs it',
    verdict: null,
    rehearsal: null,
    comparison: null,
    startedAt: '2026-11-21T12:00:00.000Z',
    endedAt: '2026-11-21T12:06:00.000Z',
    promotedCommit: commit,
    source: 'journal',
    backups: [],
  });
  expect(theirs).toEqual(ours.map((each: object) => ({ ...each, source: 'git' })));
});

test('a release known only to git is listed beside the journals, those of other projects are not', async () => {
  const [first = '', second = '', third = ''] = story();
  await leaveJournal(folder, second);
  await leaveRecord(folder, second);
  await leaveRecord(folder, first);
  await leaveRecord(folder, third.replace('"project":"shop"', '"project":"other"'));
  await git(folder, 'update-ref', 'refs/canary/releases/not-ours', commit);
  const { stdout } = await canary(folder, ['history'], off);
  const short = commit.slice(0, 12);
  expect(
    stdout,
  ).toBe(`2026-11-21 12:00Z  20261121-130000-bbbbbbb  canary  ${short}  ↶ reverted  0 %     Break [31m it
2026-11-21 12:00Z  20261121-120000-aaaaaaa  a       ${short}  ✔ promoted  12.5 %  Make it cheaper (known from git only)
`);
  const other = await canary(folder, ['-p', 'other', 'history', '--json'], off);
  expect(JSON.parse(other.stdout).releases.map((each: { id: string }) => each.id)).toEqual([
    '20261121-140000-ccccccc',
  ]);
});

test('a bare repository, or one without a compose file, lists what git knows', async () => {
  for (const journal of story()) await leaveRecord(folder, journal);
  const bare = join(await emptyFolder(), 'bare.git');
  await git(folder, 'clone', '--quiet', '--mirror', folder, bare);
  await git(folder, 'rm', '--quiet', 'docker-compose.yml');
  const texts = [
    await canary(folder, ['history'], off),
    await canary(bare, ['history'], off),
    await canary(folder, ['-C', bare, 'history'], off),
  ];
  for (const { stdout, exitCode } of texts) {
    // One of them had not ended when git was told.
    expect(stdout.match(/known from git only|its last state that git knows/g)).toHaveLength(3);
    expect(exitCode).toBe(0);
  }
});

test('a release whose command died is listed as failed', async () => {
  await leaveJournal(
    folder,
    journalText({ id: '20261121-120000-aaaaaaa', commit }, state('starting')),
  );
  const { stdout } = await canary(folder, ['history', '--json'], off);
  expect(JSON.parse(stdout).releases[0]).toMatchObject({
    state: 'failed',
    reason: 'interrupted while starting; run the command again, or take the release back',
  });
});

test('an empty history says so', async () => {
  expect((await canary(folder, ['history'], off)).stdout).toBe('No release yet.\n');
  expect((await canary(folder, ['history', '--json'], off)).stdout).toBe(
    '{"version":1,"releases":[]}\n',
  );
});

test('no git is needed, but a compose file or a repository', async () => {
  const empty = await emptyFolder();
  expect(await canary(empty, ['history'], off)).toEqual({
    stdout: '',
    stderr:
      '✖ DIR is not in a git repository.\n  A branch needs one: run `git init` and commit your project. Images that were built elsewhere need none: `canary deploy --tag TAG`.\n',
    exitCode: 2,
  });
  await writeFiles(empty, SHOP_FILES);
  expect(await canary(empty, ['history'], off)).toMatchObject({
    stdout: 'No release yet.\n',
    exitCode: 0,
  });
  expect(await canary(folder, ['-f', 'typo.yml', 'history'], off)).toMatchObject({ exitCode: 2 });
});
