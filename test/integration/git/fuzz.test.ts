import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import { ADDS_FILE, diffPatch } from '../../support/fixture-patch.ts';
import {
  branch,
  emptyFolder,
  fingerprint,
  git,
  repository,
  stateBut,
  userState,
} from '../../support/fixture-project.ts';

/** `CANARY_FUZZ_RUNS=500` tries more names; fast-check prints the seed of a failure. */
const RUNS = Number(process.env.CANARY_FUZZ_RUNS ?? 4);

let home: string;
let folder: string;
let remote: string;
let patch: string;
/** The last state seen, from which the next run starts. */
let known: Awaited<ReturnType<typeof look>> | undefined;

beforeEach(async () => {
  known = undefined;
  home = await emptyFolder();
  folder = join(home, 'shop');
  remote = join(home, 'remote.git');
  await git(home, 'clone', '--quiet', await repository(), folder);
  await git(folder, 'remote', 'remove', 'origin');
  await git(home, 'init', '--quiet', '--bare', remote);
  await git(folder, 'remote', 'add', 'deploy', remote);
  await git(folder, 'config', 'user.name', 'Ada');
  await git(folder, 'config', 'user.email', 'ada@example.com');
  await branch(folder, 'canary', { 'a.txt': 'a\n' });
  patch = await diffPatch('a.diff', ADDS_FILE);
});

/** What people and attackers might give as a name. No NUL: an argument cannot contain one. */
const name = fc.oneof(
  fc.constantFrom(
    ...['-x', '--upload-pack=touch evil', '--exec=touch evil', '--force', '--', '-', 'a b'],
    ...[
      '$(touch evil)',
      '`touch evil`',
      ';touch evil',
      '../x',
      '../../shop',
      '@',
      'HEAD',
      'FETCH_HEAD',
    ],
    ...[
      'main',
      'refs/heads/main',
      '+main',
      ':main',
      'main:canary',
      '^main',
      'main~1',
      '@{-1}',
      '*',
    ],
    ...[
      'a\nb',
      'a\tb',
      'a\u0007b',
      'ext::sh -c touch% evil',
      '/tmp',
      '.',
      '',
      'ünï/côde',
      'a/b',
      'canary/b',
    ],
  ),
  fc.string({ maxLength: 10 }).filter((each) => !each.includes('\0')),
);

/** Runs canary; then at most this ref has changed, no file outside of git has, and no bug shows. */
async function harmless(ref: (name: string) => string, each: string, argv: readonly string[]) {
  const before = known ?? (await look());
  const { stdout, exitCode } = await canary(folder, argv);
  const code = JSON.parse(stdout).error?.code;
  expect(code).not.toBe('internal');
  expect([0, 1, 2]).toContain(exitCode);
  known = await look();
  expect(stateBut(known.user, ref(each))).toEqual(stateBut(before.user, ref(each)));
  expect(known.outside).toEqual(before.outside);
  return { isFarAsBefore: known.far === before.far, exitCode };
}

async function look() {
  const [user, files, far] = await Promise.all([
    userState(folder),
    outside(),
    git(remote, 'for-each-ref'),
  ]);
  return { user, outside: files, far };
}

/** Every file except those that git keeps for itself. */
async function outside(): Promise<object> {
  const files = await fingerprint(home);
  return Object.entries(files).filter(([path]) => !/^(shop\/\.git|remote\.git)\//.test(path));
}

const check = (does: (each: string) => Promise<unknown>) =>
  fc.assert(
    fc.asyncProperty(name, async (each) => void (await does(each))),
    { numRuns: RUNS },
  );

const branchOf = (each: string) => `refs/heads/${each}`;

test('branch with any name does no harm', () =>
  check((each) => harmless(branchOf, each, ['branch', '--json', '--', each])));

test('branch from any name does no harm', () =>
  check((each) =>
    harmless(() => branchOf('new'), each, ['branch', '--json', `--from=${each}`, 'new']),
  ));

test('apply to any branch does no harm', () =>
  check((each) => harmless(branchOf, each, ['apply', '--json', `--branch=${each}`, patch])));

test('apply with any path and message does no harm', () =>
  check(async (each) => {
    await harmless(() => branchOf('canary'), each, ['apply', '--json', '--', each]);
    const argv = ['apply', '--json', `--message=${each}`, patch];
    await harmless(() => branchOf('canary'), each, argv);
  }));

test('push of any branch does no harm', () =>
  check(async (each) => {
    const tracking = (name: string) => `refs/remotes/deploy/${name}`;
    const { isFarAsBefore, exitCode } = await harmless(tracking, each, [
      'push',
      '--json',
      `--branch=${each}`,
    ]);
    if (exitCode !== 0) expect(isFarAsBefore).toBe(true);
  }));

test('push to any remote does no harm', () =>
  check(async (each) => {
    const { isFarAsBefore } = await harmless(() => '', each, ['push', '--json', '--', each]);
    expect(isFarAsBefore).toBe(true);
  }));
