import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { settingsBeyond } from '../../../src/project/checkout/settings-beyond.ts';
import type { Project } from '../../../src/project/load.ts';

const parse = (rest: string) =>
  parseConfig(`version: 1\nservices: { web: { entry: 3000 } }\n${rest}`, 'canary.yaml');
const beyond = (branch: string, stable = '') => {
  const project = { config: parse(stable), directory: '/srv/shop' } as Project;
  return settingsBeyond(parse(branch), project, () => undefined);
};

test.each([
  'hooks: { postPromote: [{ post: "http://127.0.0.1:2375/x" }] }',
  'steps: [{ weight: 5, gates: [{ get: "http://127.0.0.1:2375/x" }], for: 1m }]',
  'analysis: { http: [{ name: a, url: "http://127.0.0.1:2375/x", value: "$.a", pass: "< 1" }] }',
])('an address that the machine would call: %s', async (settings) => {
  expect(await beyond(settings)).toEqual(['its canary.yaml calls http://127.0.0.1:2375/x']);
  expect(await beyond(settings, settings)).toEqual([]);
});

test.each([
  [`{ slack: "\${HOOK}" }`, `calls \${HOOK} (\`notify\`)`],
  ['{ webhook: { file: /etc/x } }', 'calls the address in /etc/x (`notify`)'],
  ['{ run: [./tell.sh] }', 'runs ["./tell.sh"]'],
])('somebody else to notify: %s', async (target, what) => {
  const settings = `notify: [${target}]`;
  expect(await beyond(settings)).toEqual([`its canary.yaml ${what}`]);
  expect(await beyond(settings, settings)).toEqual([]);
});

test('another stable branch: others may push that', async () => {
  const settings = 'git: { stable: next }';
  expect(await beyond(settings)).toEqual(['its canary.yaml has `git.stable: next`']);
  expect(await beyond(settings, settings)).toEqual([]);
  expect(await beyond('git: { canary: other }')).toEqual([]);
});
