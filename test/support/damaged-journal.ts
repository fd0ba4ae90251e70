import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { canary } from './fixture-cli.ts';
import { branch, COMPOSE, repository, SHOP_FILES, writeFiles } from './fixture-project.ts';
import { journalText, state, weightSet } from './fixture-release.ts';

export const ID = '20261121-120000-abcdef0';
const JOURNAL = `.canary/releases/${ID}.jsonl`;

/** A shop whose release holds at 50 %, with a journal in which `damage` changed the lines. */
export async function shopWith(damage: (lines: string[]) => string[]): Promise<string> {
  const compose = COMPOSE.replace('name: shop', 'name: canary-damaged');
  const shop = await repository({ ...SHOP_FILES, 'docker-compose.yml': compose });
  const commit = await branch(shop, 'canary', { 'frontend/new': 'new\n' });
  const created = { id: ID, commit, project: 'canary-damaged' };
  const text = journalText(created, state('building'), weightSet(50), state('holding'));
  await writeFiles(shop, { [JOURNAL]: damage(text.split('\n')).join('\n') });
  return shop;
}

/** What ends a release whatever its journal holds. */
export const WAYS_OUT = [['abort'], ['revert'], ['down', '--yes']];

type Damage = [name: string, damage: (lines: string[]) => string[], problem: string];

/** What may have become of a journal, and what canary says about it. */
export const DAMAGES: [Damage, ...Damage[]] = [
  ['a damaged line', (lines) => lines.with(1, 'null'), 'line 2 is not a journal record'],
  [
    'a line of zeros, as a power cut leaves',
    (lines) => lines.with(2, '\0'.repeat(40)),
    'line 3 is not a journal record',
  ],
  [
    'a value that no command writes',
    (lines) => lines.with(2, lines[2]?.replace('50', '"half"') ?? ''),
    'line 3 is no weight-set record: weight is not valid',
  ],
];

/** Whether a release with such a journal ends, named, and bars no later command. */
export async function expectToEnd([, damage, problem]: Damage, argv: readonly string[]) {
  const shop = await shopWith(damage);
  const { stderr, exitCode } = await canary(shop, argv);
  expect(stderr).toContain(`${ID} cannot be read: ${problem}.`);
  expect(exitCode).toBe(0);
  const last = (await readFile(join(shop, JOURNAL), 'utf8')).trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ state: argv[0] === 'revert' ? 'reverted' : 'removed' });
  // What has ended bars no later command.
  expect((await canary(shop, ['status'])).exitCode).toBe(0);
}

/** Whether it is no matter to status once nothing of it runs, and nothing goes on from it. */
export async function expectNoMatter([, damage, problem]: Damage) {
  const shop = await shopWith(damage);
  const { stdout, stderr } = await canary(shop, ['status', '--json']);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout).release).toBeNull();
  const waited = await canary(shop, ['wait', '--for', 'holding']);
  expect(waited.stderr).toContain(problem);
  expect(waited.exitCode).toBe(1);
}
