import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const ID = '20261121-120000-aaaaaaa';

/** A folder with a compose file and, if given, the journal of a release. */
async function folder(records: readonly object[] = [], evidence = ''): Promise<string> {
  const directory = await emptyFolder();
  await writeFile(join(directory, 'docker-compose.yml'), 'services: { web: { image: x } }\n');
  const releases = join(directory, '.canary/releases');
  await mkdir(releases, { recursive: true });
  if (records.length === 0) return directory;
  const at = '2026-11-21T12:00:00.000Z';
  const lines = records.map((each) => JSON.stringify({ v: 1, at, ...each })).join('\n');
  await writeFile(join(releases, `${ID}.jsonl`), `${lines}\n`);
  await writeFile(join(releases, `${ID}.evidence`), evidence);
  return directory;
}

const COUNTS = { stable: 0, canary: 0, stableFailures: 0, canaryFailures: 0, shielded: 0 };
const CREATED = {
  type: 'release-created',
  id: ID,
  project: 'shop',
  branch: 'canary',
  commit: 'a'.repeat(40),
  subject: 'Try it',
  services: ['web'],
  counts: COUNTS,
};
const ended = (state: string, reason: string) => ({ type: 'state-changed', state, reason });
const verdict = (result: string) => ({
  type: 'verdict-given',
  verdict: { result, reasons: ['requests: 4 of 31 failed.'] },
});

describe('wait', () => {
  it('needs a release', async () => {
    const { exitCode, stderr } = await canary(await folder(), ['wait']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no release to wait for.');
  });

  it.each([
    ['promoted', [ended('promoted', 'the stable runs a')], 0],
    ['reverted', [ended('reverted', 'aborted by hand')], 1],
    ['reverted', [verdict('fail'), ended('reverted', 'judged bad')], 3],
    ['inconclusive', [verdict('inconclusive'), ended('inconclusive', 'too few')], 4],
    ['failed', [ended('failed', 'the build failed')], 1],
  ])('ends when a release is %s', async (state, records, exitCode) => {
    const directory = await folder([CREATED, ...records]);
    const result = await canary(directory, ['wait', '--json']);
    expect(result.exitCode).toBe(exitCode);
    expect(JSON.parse(result.stdout)).toMatchObject({ release: ID, state });
  });

  it('reports the state of a release that settled in another one than awaited', async () => {
    const directory = await folder([CREATED, verdict('fail'), ended('reverted', 'judged bad')]);
    const asked = await canary(directory, ['wait', '--for', 'promoted', '--json']);
    expect(asked.exitCode).toBe(3);
    expect(JSON.parse(asked.stdout).error).toMatchObject({
      code: 'judged-bad',
      message: `Release ${ID} is reverted, not promoted: judged bad`,
    });
    expect((await canary(directory, ['wait', '--for', 'reverted'])).exitCode).toBe(0);
  });

  it('does not wait for a state that no running command will reach', async () => {
    const directory = await folder([CREATED, ended('paused', 'by hand')]);
    const { exitCode, stderr } = await canary(directory, ['wait', '--for', 'promoted']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Release ${ID} is paused, not promoted: by hand`);
  });

  it('knows the states', async () => {
    const { exitCode, stderr } = await canary(await folder(), ['wait', '--for', 'done']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('`done` is none of building, rehearsing, starting, checking');
  });
});

describe('analyze', () => {
  it('needs a release with recorded requests', async () => {
    const none = await canary(await folder(), ['analyze', '--replay', ID]);
    expect(none).toMatchObject({ exitCode: 2 });
    expect(none.stderr).toContain(`There is no journal and no release \`${ID}\`.`);
    const bare = await canary(await folder([CREATED]), ['analyze', '--replay', ID]);
    expect(bare.stderr).toContain(`Nothing was recorded of the requests of \`${ID}\`.`);
  });

  it('judges with the given settings, by id and by file', async () => {
    const steps = [{ weight: 50, for: 1000 }];
    const begun = [
      { type: 'steps-begun', strategy: 'canary', steps },
      { type: 'step-begun', index: 0, of: 1, step: steps[0], counts: COUNTS },
    ];
    const moment = { at: 1_795_262_401_000, signal: 'failed' };
    const evidence = {
      ...moment,
      stable: [900, 0, 900, 0, 900, 900],
      canary: [900, 14, 900, 14, 900, 900],
    };
    const directory = await folder([CREATED, ...begun], `${JSON.stringify(evidence)}\n`);
    const { exitCode, stdout } = await canary(directory, ['analyze', '--replay', ID]);
    expect(exitCode).toBe(3);
    expect(stdout).toBe(
      `${ID}  judged then  it was not judged\n  ✖ fail 50 %  2026-11-21T12:00:01.000Z  14 of 900 requests on the canary failed, and 0 of 900 on the stable.\n`,
    );
    const file = join('.canary/releases', `${ID}.jsonl`);
    const strict = ['analyze', '--replay', file, '--alpha', '0.00001', '--json'];
    const again = await canary(directory, strict);
    expect(again.exitCode).toBe(4);
    expect(JSON.parse(again.stdout)).toMatchObject({
      settings: { alpha: 0.00001 },
      steps: [{ result: 'wait' }],
    });
  });

  it.each([
    ['--alpha', '2', 'is not a chance such as 0.01.'],
    ['--signal', 'odd', 'is none of failed, slow, refused, size.'],
    ['--minimum-requests', '-1', 'is not a count.'],
  ])('rejects %s %s', async (flag, value, why) => {
    const { exitCode, stderr } = await canary(await folder(), [
      ...['analyze', '--replay', ID, flag, value],
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`\`${value}\` ${why}`);
  });
});
