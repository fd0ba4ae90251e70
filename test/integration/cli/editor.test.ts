import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import { COMPOSE, git, repository, shareFolders } from '../../support/fixture-project.ts';
import { LanguageServer } from '../../support/language-server.ts';

const MODELINE = '# yaml-language-server: $schema=.canary/canary-yaml.json\n';
const server = new LanguageServer();
let folder = '';
let text = '';
const file = (name = 'canary.yaml') => join(folder, name);

beforeAll(async () => {
  const remove = await shareFolders(async () => {
    folder = await repository({ 'docker-compose.yml': COMPOSE });
  });
  await canary(folder, ['--yes', 'init']);
  text = await readFile(file(), 'utf8');
  await server.start(folder);
  return remove;
});
afterAll(() => server.stop());

test('init leads editors to the schema of this version, and git keeps seeing only canary.yaml', async () => {
  expect(text.startsWith(MODELINE)).toBe(true);
  const published = new URL('../../../schema/canary-yaml.json', import.meta.url);
  expect(await readFile(file('.canary/canary-yaml.json'), 'utf8')).toBe(
    await readFile(published, 'utf8'),
  );
  expect(await git(folder, 'status', '--porcelain')).toBe('');
});

test('an editor finds nothing wrong in what init wrote, nor in the template', async () => {
  expect(await server.open(file(), text)).toEqual([]);
  const template = new URL('../../../templates/canary.yaml', import.meta.url);
  const whole = `${MODELINE}${await readFile(template, 'utf8')}`;
  expect(await server.open(file('template.yaml'), whole)).toEqual([]);
});

test('an editor marks mistakes, offers settings and values, and explains them', async () => {
  const wrong = `${text}sheild: true\ndrain: 30\npromote: atuo\n`;
  const lines = wrong.split('\n').length - 1;
  const said = (await server.open(file('wrong.yaml'), wrong)).sort(
    (left, right) => left.range.start.line - right.range.start.line,
  );
  expect(said.map(({ range }) => range.start.line)).toEqual([lines - 3, lines - 2, lines - 1]);
  expect(said.map(({ message }) => message).join('\n')).toMatch(/sheild.*string.*"manual"/s);

  await server.open(file('half.yaml'), `${text}pro\n`);
  expect(await server.complete(file('half.yaml'), lines - 3, 3)).toEqual(
    expect.arrayContaining(['promote', 'progressDeadline', 'proxy']),
  );
  await server.open(file('value.yaml'), `${text}breaker: true\npromote: \n`);
  expect(await server.complete(file('value.yaml'), lines - 2, 9)).toEqual(
    expect.arrayContaining(['auto', 'manual']),
  );
  expect(await server.hover(file('value.yaml'), lines - 3, 2)).toContain(
    'Whether a failing canary is taken out of traffic.',
  );
});
