import { expect, test } from 'vitest';
import type { CanaryEvent } from '../../../src/rollout/events.ts';
import { plainProgress } from '../../../src/ui/progress.ts';
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

function printed(isVerbose: boolean): string {
  const lines: string[] = [];
  const write = (text: string) => lines.push(text);
  const sink = plainProgress({ write, theme: makeTheme(false), isVerbose }, () => 0);
  for (const event of EVENTS) sink(event);
  return lines.join('');
}

test('prints a line when something is done or fails', () => {
  expect(printed(false)).toMatchInlineSnapshot(`
    "◆ release r1 of cheaper: Make it cheaper
    ◆ going on with the release
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

test('says how far it is when nothing else was said for a while', () => {
  const lines: string[] = [];
  let now = 0;
  const terminal = {
    write: (text: string) => lines.push(text),
    theme: makeTheme(false),
    isVerbose: false,
  };
  const sink = plainProgress(terminal, () => now);
  for (now = 0; now <= 31_000; now += 1000)
    sink({ type: 'progress', text: `${now / 1000} of 100 MB` });
  sink({ type: 'notice', text: 'done' });
  now += 14_000;
  sink({ type: 'progress', text: 'too early' });
  expect(lines).toEqual(['· 15 of 100 MB\n', '· 30 of 100 MB\n', '· done\n']);
});

test('with --verbose also prints plans, states, weights and the output of other programs', () => {
  expect(printed(true)).toMatchInlineSnapshot(`
    "1. start the proxy  (the proxy is absent)
    ◆ release r1 of cheaper: Make it cheaper
    ◆ going on with the release
    · starting: because
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
