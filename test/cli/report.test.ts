import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const ID = '20261121-120000-aaaaaaa';
const COUNTS = { stable: 0, canary: 0, stableFailures: 0, canaryFailures: 0, shielded: 0 };

/** A folder with the journal of a release that was judged bad. */
async function folder(subject: string): Promise<string> {
  const directory = await emptyFolder();
  await writeFile(join(directory, 'docker-compose.yml'), 'services: { web: { image: x } }\n');
  const releases = join(directory, '.canary/releases');
  await mkdir(releases, { recursive: true });
  const verdict = { result: 'fail', reasons: ['requests: 4 of 31 failed.'] };
  const records = [
    {
      type: 'release-created',
      id: ID,
      project: 'shop',
      branch: 'canary',
      commit: 'a'.repeat(40),
      subject,
      services: ['web'],
      counts: COUNTS,
    },
    { type: 'weight-set', weight: 5, counts: COUNTS },
    { type: 'verdict-given', verdict },
    { type: 'weight-set', weight: 0, counts: COUNTS },
    { type: 'state-changed', state: 'reverted', reason: 'judged bad: 4 of 31 failed' },
  ];
  const at = '2026-11-21T12:00:00.000Z';
  const lines = records.map((each) => JSON.stringify({ v: 1, at, ...each })).join('\n');
  await writeFile(join(releases, `${ID}.jsonl`), `${lines}\n`);
  return directory;
}

test('report prints the newest release as Markdown', async () => {
  const { stdout, exitCode } = await canary(await folder('Make it cheaper'), ['report']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "### ❌ Canary reverted: Make it cheaper

    judged bad&#58; 4 of 31 failed

    | | |
    |---|---|
    | Release | <code>20261121&#45;120000&#45;aaaaaaa</code> |
    | Source | <code>canary</code> at <code>aaaaaaaaaaaa</code> |
    | Services | <code>web</code> |
    | Users | 5 % → 0 % |
    | Began | 2026-11-21T12:00:00.000Z |
    | Ended | 2026-11-21T12:00:00.000Z |
    | Verdict | fail |

    - requests&#58; 4 of 31 failed.
    "
  `);
});

test('nothing from outside becomes more than text', async () => {
  const directory = await folder('![x](http://evil) @team <script> | `a` [b](c) **d** www.evil');
  const { stdout } = await canary(directory, ['report', ID, '--format', 'md']);
  const [title = ''] = stdout.split('\n');
  expect(title.replace(/&#\d+;/g, '')).toBe(
    '### ❌ Canary reverted: xhttp//evil team script  a bc d wwwevil',
  );
});

test('nobody is called by what Markdown has become either: entities are signs again then', async () => {
  const directory = await folder('@all, @team/x: #12 !3 ~bug &4 %5 $6 ://evil a@b.example 20%');
  const { stdout } = await canary(directory, ['report', ID]);
  const [title = ''] = stdout.split('\n');
  const rendered = title.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  expect(rendered).not.toMatch(/[@#!~&$%](?=\w)|:\/\//);
  expect(rendered.replaceAll('\u200b', '')).toContain(
    '@all, @team/x: #12 !3 ~bug &4 %5 $6 ://evil a@b.example 20%',
  );
});

test('report --json prints its document, and an unknown release is an error', async () => {
  const directory = await folder('Make it cheaper');
  const { stdout } = await canary(directory, ['report', '--json']);
  expect(JSON.parse(stdout).release).toMatchObject({ id: ID, state: 'reverted' });
  expect((await canary(directory, ['report', 'nope'])).stderr).toContain(
    'There is no release `nope`.',
  );
});

test('on GitHub the report is added to the page of the job, whatever the end', async () => {
  const directory = await folder('Make it cheaper');
  const page = join(directory, 'summary.md');
  await writeFile(page, 'before\n');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: page };
  const { exitCode } = await canary(directory, ['wait', '--for', 'promoted'], env);
  expect(exitCode).toBe(3);
  const text = await readFile(page, 'utf8');
  expect(text).toContain('before\n### ❌ Canary reverted: Make it cheaper\n');
});

test('on GitHub an error is also annotated', async () => {
  const directory = await folder('Make it cheaper');
  const { stderr } = await canary(directory, ['report', 'a\n::add-mask::b'], {
    GITHUB_ACTIONS: 'true',
  });
  expect(stderr).toMatchInlineSnapshot(`
    "✖ There is no release \`a
    : :add-mask::b\`.
      \`canary history\` lists the releases of this folder.
    ::error title=canary%3A release-unknown::There is no release \`a%0A::add-mask::b\`.
    "
  `);
});
