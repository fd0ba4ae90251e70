import { expect, test } from 'vitest';
import { answering } from '../../support/fixture-analysis.ts';
import { canary } from '../../support/fixture-cli.ts';
import { CANARY, repository, SHOP_FILES } from '../../support/fixture-project.ts';

const folderWith = (notify: object[]) =>
  repository({ ...SHOP_FILES, 'canary.yaml': `${CANARY}notify: ${JSON.stringify(notify)}\n` });

test('sends a test message to each and says how each answered', async () => {
  const good = await answering(() => ({ body: 'ok' }));
  const bad = await answering(() => ({ status: 403, body: 'invalid_token' }));
  const directory = await folderWith([
    { slack: `\${GOOD}` },
    { teams: `\${BAD}` },
    { mattermost: `\${UNSET}` },
  ]);
  const env = { GOOD: good.url, BAD: bad.url };
  const all = await canary(directory, ['notify', 'test'], env);
  expect(all).toEqual({
    exitCode: 1,
    stdout:
      '✔ slack: 200: ok\n✖ teams: 403: invalid_token\n✖ mattermost: UNSET is not set in the environment\n',
    stderr: '',
  });
  expect(JSON.parse(good.received[0]?.body ?? '')).toMatchObject({
    blocks: [{ type: 'header', text: { text: 'shop: a test' } }, {}, {}, {}],
  });
  expect(bad.received).toHaveLength(1);
  const one = await canary(directory, ['notify', 'test', 'slack', '--json'], env);
  expect(one.exitCode).toBe(0);
  expect(JSON.parse(one.stdout)).toEqual({
    version: 1,
    targets: [{ name: 'slack', kind: 'slack', ok: true, status: 200, answer: '200: ok' }],
  });
});

test('there must be somebody to tell', async () => {
  const none = await canary(await folderWith([]), ['notify', 'test']);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toContain('canary.yaml names nobody to notify.');
  const directory = await folderWith([{ slack: `\${HOOK}` }]);
  const other = await canary(directory, ['notify', 'test', 'slak']);
  expect(other.exitCode).toBe(2);
  expect(other.stderr).toContain('No target of `notify` is called `slak`.');
  expect(other.stderr).toContain('There are slack.');
});
