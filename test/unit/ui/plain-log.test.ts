import { expect, test } from 'vitest';
import type { CanaryEvent } from '../../../src/rollout/events.ts';
import { ciMarks } from '../../../src/ui/ci.ts';
import { PlainLog } from '../../../src/ui/plain-log.ts';
import { makeTheme } from '../../../src/ui/theme.ts';
import { NEW } from '../../support/fixture-observed.ts';

const step = { kind: 'start-proxy', cause: 'the proxy is absent' } as const;
const counts = {
  stable: 0,
  canary: 0,
  stableFailures: 0,
  canaryFailures: 0,
  shielded: 0,
  assets: 0,
};

const EVENTS: readonly CanaryEvent[] = [
  { type: 'plan-made', plan: [step] },
  {
    type: 'release-created',
    id: 'r1',
    project: 'shop',
    branch: 'cheaper',
    commit: NEW,
    subject: 'Make it cheaper',
    services: ['frontend'],
    counts,
  },
  { type: 'release-resumed' },
  { type: 'state-changed', state: 'starting', reason: 'because' },
  { type: 'operation-started', operation: step },
  { type: 'output', line: 'Container created' },
  { type: 'remote-said', line: 'welcome' },
  { type: 'operation-finished', operation: step, ms: 1500 },
  { type: 'operation-failed', operation: step, message: 'no' },
  { type: 'weight-set', weight: 5, counts },
  { type: 'commit-made', branch: 'cheaper', commit: NEW, subject: 'Revert "x"' },
  {
    type: 'step-begun',
    index: 1,
    of: 3,
    step: { weight: 66.67, for: 90_000, replicas: 2 },
    counts,
  },
  { type: 'step-begun', index: 2, of: 3, step: { pause: true }, counts },
  { type: 'step-done', index: 2 },
  { type: 'hook-ran', phase: 'preDeploy', hook: './announce.sh', ok: true, ms: 20 },
  { type: 'hook-ran', phase: 'onRevert', hook: 'POST chat.example.com', ok: false, ms: 2000 },
  { type: 'notice', text: 'by the way' },
  { type: 'warning', text: 'look out' },
];

function logOf(isVerbose: boolean, env: Record<string, string> = {}) {
  const log = {
    text: '',
    now: Date.parse('2026-11-21T12:00:00.000Z'),
    plain: undefined as unknown as PlainLog,
  };
  log.plain = new PlainLog({
    write: (text) => {
      log.text += text;
    },
    theme: makeTheme(false),
    isVerbose,
    now: () => log.now,
    ci: ciMarks(env),
  });
  return log;
}

function printed(isVerbose: boolean, env?: Record<string, string>, events = EVENTS): string {
  const log = logOf(isVerbose, env);
  for (const event of events) log.plain.emit(event);
  log.plain.end();
  return log.text;
}

test('prints a line when an operation starts, and one when it ends', () => {
  expect(printed(false)).toMatchInlineSnapshot(`
    "◆ release r1 of cheaper: Make it cheaper
    ◆ going on with the release
    ◇ start the proxy
    remote: welcome
    ✔ start the proxy 1.5 s
    ✖ start the proxy
    · cheaper is at aaaaaaaaaaaa: Revert "x"
    ◆ step 2 of 3: 66.67 % of users for 1m30s, with 2 containers of each service that has that many
    ◆ step 3 of 3: wait for a person
    ✔ preDeploy hook ./announce.sh 20 ms
    ✖ onRevert hook POST chat.example.com 2.0 s
    · by the way
    ! look out
    "
  `);
});

test('says every thirty seconds that it still works, and how far it is', () => {
  const log = logOf(false);
  const { plain } = log;
  const begin = log.now;
  plain.emit({ type: 'operation-started', operation: step });
  for (; log.now <= begin + 61_000; log.now += 1000) {
    plain.emit({ type: 'progress', text: `${(log.now - begin) / 1000} of 100 MB` });
    plain.beat();
  }
  plain.emit({ type: 'notice', text: 'by the way' });
  log.now += 29_000;
  plain.beat();
  plain.emit({ type: 'operation-finished', operation: step, ms: 90_000 });
  log.now += 60_000;
  plain.beat();
  expect(log.text).toMatchInlineSnapshot(`
    "◇ start the proxy
    · still: start the proxy, 30s: 30 of 100 MB
    · still: start the proxy, 1m: 60 of 100 MB
    · by the way
    ✔ start the proxy 90.0 s
    "
  `);
});

test('GitHub: operations are folded with what they print, and problems are annotated', () => {
  const events: readonly CanaryEvent[] = [
    ...EVENTS.slice(0, 9),
    { type: 'warning', text: '100% of\r\nit' },
    { type: 'verdict-given', verdict: { result: 'fail', reasons: ['One: bad.', 'Two, too.'] } },
  ];
  expect(printed(false, { GITHUB_ACTIONS: 'true' }, events)).toMatchInlineSnapshot(`
    "◆ release r1 of cheaper: Make it cheaper
    ◆ going on with the release
    ::group::start the proxy
      Container created
    remote: welcome
    ::endgroup::
    ✔ start the proxy 1.5 s
    ✖ start the proxy
    ! 100% of\\x0d
    it
    ::warning title=canary::100%25 of\\x0d%0Ait
    ✖ fail: One: bad.
    ✖ fail: Two, too.
    ::error title=The canary was judged bad::One: bad.%0ATwo, too.
    "
  `);
});

test('GitLab: the same as sections', () => {
  const text = printed(false, { GITLAB_CI: 'true' }, EVENTS.slice(4, 9));
  expect(JSON.stringify(text).replaceAll('\\n', '\n')).toMatchInlineSnapshot(`
    ""\\u001b[0Ksection_start:1795262400:canary_1[collapsed=true]\\r\\u001b[0Kstart the proxy
      Container created
    remote: welcome
    \\u001b[0Ksection_end:1795262400:canary_1\\r\\u001b[0K
    ✔ start the proxy 1.5 s
    ✖ start the proxy
    ""
  `);
});

test('text from outside gives a CI service no command', () => {
  const evil =
    '\u001b[0Ksection_start:1:x\r\u001b[0K\n  ::stop-commands::x\n::add-mask::a ##[error]b';
  const events: readonly CanaryEvent[] = [
    { type: 'operation-started', operation: { ...step, kind: 'start-stable', services: [evil] } },
    { type: 'output', line: evil },
    { type: 'notice', text: evil },
    { type: 'warning', text: evil },
    { type: 'operation-finished', operation: step, ms: 1 },
  ];
  const onGithub = printed(true, { GITHUB_ACTIONS: 'true' }, events);
  const commands = onGithub.split('\n').filter((line) => /^\s*::|##\[/.test(line));
  expect(commands.map((line) => line.slice(0, 12))).toEqual([
    '::group::sta',
    '::warning ti',
    '::endgroup::',
  ]);
  const onGitlab = printed(true, { GITLAB_CI: 'true' }, events);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a section.
  expect(onGitlab.match(/\u001b\[0Ksection_\w+:\d+:\w+/g)).toEqual([
    '\u001b[0Ksection_start:1795262400:canary_1',
    '\u001b[0Ksection_end:1795262400:canary_1',
  ]);
});

test('with --verbose also prints plans, states, weights and the output of other programs', () => {
  expect(printed(true)).toMatchInlineSnapshot(`
    "1. start the proxy  (the proxy is absent)
    ◆ release r1 of cheaper: Make it cheaper
    ◆ going on with the release
    · starting: because
    ◇ start the proxy
      Container created
    remote: welcome
    ✔ start the proxy 1.5 s
    ✖ start the proxy
    · weight 5 %
    · cheaper is at aaaaaaaaaaaa: Revert "x"
    ◆ step 2 of 3: 66.67 % of users for 1m30s, with 2 containers of each service that has that many
    ◆ step 3 of 3: wait for a person
    ✔ preDeploy hook ./announce.sh 20 ms
    ✖ onRevert hook POST chat.example.com 2.0 s
    · by the way
    ! look out
    "
  `);
});
