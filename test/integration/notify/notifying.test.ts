import { EventEmitter, once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { beginNotifying, PATIENCE_MS } from '../../../src/notify/notifying.ts';
import { record } from '../../../src/project/run.ts';
import { withLock } from '../../../src/release/with-lock.ts';
import { eventHub } from '../../../src/rollout/event-hub.ts';
import type { CanaryEvent, ReleaseEvent } from '../../../src/rollout/events.ts';
import { analysisRun, answering, RELEASE } from '../../support/fixture-analysis.ts';
import { HastyClock } from '../../support/fixture-clock.ts';
import { state } from '../../support/fixture-release.ts';

const variable = (name: string) => `\${${name}}`;
const BAD: ReleaseEvent = {
  type: 'verdict-given',
  verdict: { result: 'fail', reasons: ['requests: 14 of 900 failed.'] },
};

/** Never waits between attempts, and never gives up on those that still wait for an answer. */
class PatientClock extends HastyClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms !== PATIENCE_MS || !signal) return super.sleep(ms, signal);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}

/** A release whose command tells these targets, with a clock that never waits. */
async function notifiedRun(notify: readonly object[], env: Record<string, string> = {}) {
  const { run: quiet } = await analysisRun({ notify }, { env });
  const events: CanaryEvent[] = [];
  const clock = new PatientClock();
  const hub = eventHub((event) => void events.push(event));
  const context = { ...quiet.context, ...hub, clock };
  const run = { ...quiet, context };
  const warnings = () => events.flatMap((each) => (each.type === 'warning' ? [each.text] : []));
  const notified = () => events.flatMap((each) => (each.type === 'notified' ? [each] : []));
  return { run, context, clock, events, warnings, notified };
}

test('each target is told of what it chose, in order, with sentence, facts and command', async () => {
  const { url, received } = await answering(() => ({ body: 'ok' }));
  const bad = await answering(() => ({ status: 204 }));
  const targets = [{ webhook: variable('ALL') }, { slack: variable('BAD'), on: 'judged-bad' }];
  const { run, context, warnings, notified } = await notifiedRun(targets, {
    ALL: `${url}/all`,
    BAD: `${bad.url}/bad`,
  });
  const notifying = beginNotifying(context, run.project);
  const steps = [{ weight: 5, for: 60_000 }];
  await record(run, { type: 'steps-begun', strategy: 'canary', steps });
  const counts = {
    stable: 0,
    canary: 0,
    stableFailures: 0,
    canaryFailures: 0,
    shielded: 0,
    assets: 0,
  };
  await record(run, {
    type: 'step-begun',
    index: 0,
    of: 1,
    step: { weight: 5, for: 60_000 },
    counts,
  });
  await record(run, BAD);
  await record(run, state('reverted', 'judged bad: 14 of 900 failed'));
  await notifying.end();
  const told = received.map(({ body }) => JSON.parse(body));
  expect(told.map(({ event, text, command }) => [event, text, command])).toEqual([
    ['step', 'The canary has 5 % of users for 1m.', 'canary pause'],
    [
      'judged-bad',
      'requests: 14 of 900 failed. Every user is sent to the stable.',
      'canary history',
    ],
    ['reverted', 'Judged bad: 14 of 900 failed.', 'canary history'],
  ]);
  expect(told[0]).toMatchObject({
    project: 'shop',
    release: RELEASE,
    branch: 'canary',
    step: 1,
    steps: 1,
    title: 'shop: step 1 of 1 began',
  });
  expect(bad.received).toHaveLength(1);
  expect(warnings()).toEqual([]);
  expect(notified().every(({ ok }) => ok)).toBe(true);
});

describe('what does not work at once', () => {
  test('is tried again, as late as the other side asks', async () => {
    const statuses = [503, 429, 200];
    const { url, received } = await answering(() => {
      const status = statuses.shift() ?? 500;
      return { status, ...(status === 429 ? { headers: { 'retry-after': '7.5' } } : {}) };
    });
    const { run, context, clock, warnings, notified } = await notifiedRun(
      [{ discord: variable('HOOK') }],
      { HOOK: url },
    );
    const notifying = beginNotifying(context, run.project);
    await record(run, BAD);
    await notifying.end();
    expect(received).toHaveLength(3);
    expect(clock.slept).toBe(1000 + 7500);
    expect(notified()).toMatchObject([{ target: 'discord', ok: true, attempts: 3, answer: '200' }]);
    expect(warnings()).toEqual([]);
  });

  test('ends as one warning, and an answer that is final is not tried again', async () => {
    const away = await answering(() => ({
      status: 302,
      headers: { location: 'http://127.0.0.1:1/' },
    }));
    const denied = await answering(() => ({ status: 403, body: '\u001b[31minvalid_token\n' }));
    const broken = await answering(() => ({ status: 500 }));
    const { run, context, warnings } = await notifiedRun(
      [
        { slack: variable('AWAY') },
        { teams: variable('DENIED') },
        { mattermost: variable('BROKEN') },
        { discord: variable('UNSET') },
        { run: ['sh', '-c', 'exit 3'] },
      ],
      { AWAY: away.url, DENIED: denied.url, BROKEN: broken.url },
    );
    const notifying = beginNotifying(context, run.project);
    await record(run, BAD);
    await notifying.end();
    expect([away, denied, broken].map(({ received }) => received.length)).toEqual([1, 1, 6]);
    expect(warnings()).toHaveLength(1);
    const [warning] = warnings();
    expect(warning).toMatch(/^Could not notify .* and 2 more\. The release is not affected/);
  });

  test('does not hold the command up, nor its lock', async () => {
    const silent = await answering(() => undefined);
    const { run, context, warnings } = await notifiedRun(
      [{ slack: variable('HOOK'), timeout: '1s' }],
      {
        HOOK: silent.url,
      },
    );
    let heldAtWarning: unknown = 'no warning';
    context.listen((event) => {
      if (event.type === 'warning') heldAtWarning = run.project.lock.holder();
    });
    await withLock(context, run.project, 'deploy', async () => {
      await record(run, BAD);
      expect(warnings()).toEqual([]);
    });
    expect(await heldAtWarning).toBeUndefined();
    expect(warnings()[0]).toContain(
      'Could not notify slack of judged-bad (no answer within 1000 ms)',
    );
  }, 30_000);
});

test('a command that ends waits a little, then gives up and says who was not told', async () => {
  const busy = await answering(() => ({ status: 503, body: 'busy' }));
  const { run, context, notified, warnings } = await notifiedRun([{ slack: variable('HOOK') }], {
    HOOK: busy.url,
  });
  // The next attempt never comes; once it is waited for, the command has waited long enough.
  const waits: number[] = [];
  const waitsAgain = new EventEmitter();
  const isWaiting = once(waitsAgain, 'begun');
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      waits.push(ms);
      if (ms === 1000) waitsAgain.emit('begun');
      if (ms === PATIENCE_MS) void isWaiting.then(() => resolve());
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  const clock = { now: () => new Date(), machineTime: () => new Date(), sleep };
  const notifying = beginNotifying({ ...context, clock }, run.project);
  await record(run, BAD);
  await notifying.end();
  expect(notified()).toMatchObject([{ ok: false, attempts: 1 }]);
  expect(warnings()[0]).toContain('Could not notify slack of judged-bad');
  expect(waits).toContain(PATIENCE_MS);
});

test('an address is a secret: from a variable or a file, and never shown', async () => {
  const echo = await answering(({ url }) => ({ status: 404, body: `no hook at ${url}` }));
  const { run, context, events } = await notifiedRun(
    [{ slack: variable('HOOK') }, { teams: { file: 'hook.txt' } }],
    { HOOK: `${echo.url}/services/T0123456/secrettoken` },
  );
  const { directory, journals } = run.project;
  await writeFile(
    join(directory, 'hook.txt'),
    `${echo.url}/other/secretfile?sig=secretsignature\n`,
  );
  const notifying = beginNotifying(context, run.project);
  await record(run, BAD);
  await notifying.end();
  expect(echo.received).toHaveLength(2);
  const shown = JSON.stringify([events, await journals.read(RELEASE)]);
  expect(shown).toContain('404: no hook at');
  expect(shown).not.toMatch(/secret(token|file|signature)/);
});

test('a program is told in its environment', async () => {
  const { run, context } = await notifiedRun([{ run: ['sh', '-c', 'env > told.txt'] }]);
  const notifying = beginNotifying(context, run.project);
  await record(run, state('promoted', 'the stable runs abcdef0'));
  await notifying.end();
  const told = await readFile(join(run.project.directory, 'told.txt'), 'utf8');
  for (const line of [
    'CANARY_EVENT=promoted',
    'CANARY_TEXT=The stable runs abcdef0.',
    `CANARY_COMMAND=canary revert ${RELEASE}`,
    `CANARY_RELEASE=${RELEASE}`,
  ])
    expect(told.split('\n')).toContain(line);
});
