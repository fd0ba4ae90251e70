import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { NOTIFY_EVENTS } from '../../../src/config/sections/notify.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const HOOK = `\${HOOK}`;
const parse = (notify: unknown) =>
  parseConfig(
    JSON.stringify({ version: 1, services: { web: { entry: 3000 } }, notify }),
    'canary.yaml',
  ).notify;

test('every kind of target, with its defaults', () => {
  const address = { variable: 'HOOK' };
  const common = { on: NOTIFY_EVENTS, timeout: 10_000 };
  expect(
    parse([
      { slack: HOOK, on: 'judged-bad' },
      { discord: { file: 'secrets/discord' } },
      { teams: HOOK, name: 'ops', timeout: '3s' },
      { mattermost: HOOK, on: ['start', 'promoted'] },
      { webhook: HOOK, headers: { A: 'b' }, body: '{"m": "{{text}}"}' },
      { run: ['./tell.sh', 'x'] },
    ]),
  ).toEqual([
    { ...common, kind: 'slack', name: 'slack', address, on: ['judged-bad'] },
    { ...common, kind: 'discord', name: 'discord', address: { file: 'secrets/discord' } },
    { ...common, kind: 'teams', name: 'ops', address, timeout: 3000 },
    { ...common, kind: 'mattermost', name: 'mattermost', address, on: ['start', 'promoted'] },
    {
      ...{ ...common, kind: 'webhook', name: 'webhook', address },
      ...{ headers: { A: 'b' }, body: '{"m": "{{text}}"}' },
    },
    { ...common, kind: 'run', name: 'run', run: ['./tell.sh', 'x'] },
  ]);
});

test.each([
  [
    [{ slack: 'https://hooks.slack.com/services/T0/B0/x' }],
    /notify\.0\.slack: is not `\$\{NAME\}`/,
  ],
  [[{ slack: HOOK, teams: HOOK }], /needs exactly one of slack, .*; it has 2/],
  [[{ on: 'start' }], /it has 0/],
  [[{ slack: HOOK, on: ['begin'] }], /is none of start, step, pause/],
  [[{ slack: HOOK, body: 'x' }], /notify\.0\.body: needs `webhook`/],
  [[{ webhook: HOOK, body: '{{secret}}' }], /has the unknown \{\{secret\}\}; there are event/],
  [[{ slack: HOOK }, { slack: HOOK }], /notify\.1: is a second `slack`: give it a `name`/],
  [[{ run: './tell.sh' }], /notify\.0\.run: is not a list/],
])('refuses %j', async (notify, problem) => {
  const error = await refusal(async () => parse(notify));
  expect(error.details.join('\n')).toMatch(problem);
  expect(JSON.stringify([error.message, error.details])).not.toContain('T0/B0');
});

test('a hook may have a body of its own, with what hooks know', async () => {
  const hooks = (body: string) =>
    parseConfig(
      JSON.stringify({
        version: 1,
        services: { web: { entry: 3000 } },
        hooks: { onRevert: [{ post: HOOK, body }] },
      }),
      'canary.yaml',
    ).hooks;
  expect(hooks('{"text": "{{reason}}"}').onRevert).toMatchObject([
    { body: '{"text": "{{reason}}"}' },
  ]);
  const error = await refusal(async () => hooks('{{event}}'));
  expect(error.details[0]).toContain('has the unknown {{event}}; there are project, release');
});
