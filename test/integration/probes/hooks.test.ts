import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { runHooks } from '../../../src/release/hooks.ts';
import { analysisRun, answering, RELEASE } from '../../support/fixture-analysis.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const WEBHOOK = `\${WEBHOOK}`;
const FACTS = { step: 2, steps: 3, weight: 25, verdict: 'pass', reason: 'all is\0well' };
const shell = (script: string, more: object = {}) => ({ run: ['sh', '-c', script], ...more });

type Runs = Awaited<ReturnType<typeof analysisRun>>;
const ran = ({ events }: Runs) =>
  events.flatMap((event) => (event.type === 'hook-ran' ? [{ ...event, ms: 0 }] : []));

test('programs get the facts in their environment, servers in JSON, one after the other', async () => {
  const { url, received } = await answering(() => ({ status: 204 }));
  const postStep = [
    shell('env | grep ^CANARY_ | sort > told.txt; echo shown'),
    { post: `${url}/hook`, headers: { Authorization: WEBHOOK } },
  ];
  const runs = await analysisRun({ hooks: { postStep } }, { env: { WEBHOOK: 'hush' } });
  await runHooks(runs.run, 'postStep', FACTS);
  const { project, release } = runs.run;
  const commit = release.commit;
  expect((await readFile(join(project.directory, 'told.txt'), 'utf8')).trim().split('\n')).toEqual([
    'CANARY_BRANCH=canary',
    `CANARY_COMMIT=${commit}`,
    'CANARY_PHASE=postStep',
    'CANARY_PROJECT=shop',
    'CANARY_REASON=all iswell',
    `CANARY_RELEASE=${RELEASE}`,
    'CANARY_STEP=2',
    'CANARY_STEPS=3',
    'CANARY_VERDICT=pass',
    'CANARY_WEIGHT=25',
  ]);
  expect(received).toMatchObject([
    {
      method: 'POST',
      url: '/hook',
      headers: { authorization: 'hush', 'content-type': 'application/json' },
    },
  ]);
  const branch = 'canary';
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    project: 'shop',
    release: RELEASE,
    branch,
    commit,
    phase: 'postStep',
    ...FACTS,
  });
  const done = { type: 'hook-ran', phase: 'postStep', ok: true, ms: 0 };
  expect(ran(runs)).toEqual([
    { ...done, hook: 'sh' },
    { ...done, hook: `POST ${new URL(url).host}` },
  ]);
  expect(runs.events).toContainEqual({ type: 'output', line: 'shown' });
});

describe.each(['preDeploy', 'postStep', 'prePromote'] as const)('%s', (phase) => {
  test('a failing hook stops the command and the later hooks', async () => {
    const hooks = { [phase]: [shell('true'), shell('echo no; exit 3'), shell('touch never')] };
    const runs = await analysisRun({ hooks });
    const error = await refusal(() => runHooks(runs.run, phase));
    expect(error).toMatchObject({
      code: 'hook-failed',
      exitCode: 1,
      details: ['no'],
      message: `The ${phase} hook sh ended with exit code 3.`,
      hint: `It is \`hooks.${phase}.1\` in canary.yaml. Fix the error above, then run the command again.`,
    });
    expect(ran(runs).map(({ ok }) => ok)).toEqual([true, false]);
  });

  test('an interrupt ends a hook', async () => {
    const runs = await analysisRun({ hooks: { [phase]: [shell('sleep 600')] } });
    runs.interrupt.abort(new CanaryError('interrupted', 'Interrupted.'));
    expect((await refusal(() => runHooks(runs.run, phase))).code).toBe('interrupted');
  });
});

describe.each(['postPromote', 'onRevert'] as const)('%s', (phase) => {
  test('a failing hook is a warning, and the others run', async () => {
    const { url } = await answering(() => ({ status: 500 }));
    const host = new URL(url).host;
    const hooks = { [phase]: [shell('exit 3'), { post: `${url}/secret` }, shell('echo last')] };
    const runs = await analysisRun({ hooks });
    await runHooks(runs.run, phase);
    expect(runs.events.filter(({ type }) => type === 'warning')).toEqual([
      { type: 'warning', text: `The ${phase} hook sh ended with exit code 3.` },
      { type: 'warning', text: `The ${phase} hook POST ${host} was answered with status 500.` },
    ]);
    expect(runs.events).toContainEqual({ type: 'output', line: 'last' });
  });

  test('a hook runs even after an interrupt, and ends at the next one', async () => {
    const { url, received } = await answering(() => ({}));
    const before = await analysisRun({ hooks: { [phase]: [{ post: url }] } });
    before.interrupt.abort(new CanaryError('interrupted', 'Interrupted.'));
    await runHooks(before.run, phase);
    expect(received).toHaveLength(1);

    const silent = await answering(() => {
      during.interrupt.abort(new CanaryError('interrupted', 'Interrupted.'));
      return undefined;
    });
    const during = await analysisRun({ hooks: { [phase]: [{ post: silent.url }] } });
    await runHooks(during.run, phase);
    expect(during.events).toContainEqual({
      type: 'warning',
      text: `The ${phase} hook POST ${new URL(silent.url).host} was interrupted.`,
    });
  });
});

test('a body of its own is filled, and a refusal says status and answer', async () => {
  const { url, received } = await answering(() => ({ status: 400, body: 'no_text\n\u001b[31m' }));
  const post = { post: `${url}/hook`, body: '{"text": "{{phase}} {{reason}}"}' };
  const runs = await analysisRun({ hooks: { preDeploy: [post] } });
  const error = await refusal(() => runHooks(runs.run, 'preDeploy', { reason: 'a "b"' }));
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({ text: 'preDeploy a "b"' });
  expect(error.message).toBe(
    `The preDeploy hook POST ${new URL(url).host} was answered with status 400: no_text \\u001b[31m.`,
  );
});

test('no secret is shown or recorded', async () => {
  const env = { WEBHOOK: 'https://user:pass@hooks.invalid/services/T000/B000' };
  const runs = await analysisRun({ hooks: { preDeploy: [{ post: WEBHOOK }] } }, { env });
  const error = await refusal(() => runHooks(runs.run, 'preDeploy'));
  const { journals } = runs.run.project;
  const kept = JSON.stringify(await journals.read(RELEASE));
  for (const text of [error.message, error.hint, kept, JSON.stringify(runs.events)]) {
    expect(text).not.toMatch(/T000|user:pass/);
  }
  expect(error.message).toMatch(/^The preDeploy hook POST \$\{WEBHOOK\} failed: /);
});
