import { expect, test } from 'vitest';
import { hidingValues } from '../../../src/system/docker/hidden-values.ts';
import { emptyFolder, writeFiles } from '../../support/fixture-project.ts';

const shownAs = (name: string) => `\${${name}}`;

/** Lines of an env file, and what Compose shows of the value in a message. */
test.each([
  ['A=plain1', 'plain1'],
  ['A: colon1', 'colon1'],
  ['A: colon1\nB=other1', 'other1'],
  ['  export A = spaced1', 'spaced1'],
  ["A='single quoted1'", 'single quoted1'],
  ['A=with a comment1 # c', 'with a comment1'],
  ['A="a\\ttab1"', 'a\ttab1'],
  ['A="a\\"quote1"', 'a"quote1'],
  ['A="first line1\nsecond line1"', 'second line1'],
  ['A="first line1\\nsecond line1"', 'second line1'],
  ['A.b-c=dotted1', 'dotted1'],
])('the value of %j is hidden', async (line, shown) => {
  const projectDirectory = await emptyFolder();
  await writeFiles(projectDirectory, { '.env': `${line}\n` });
  const hide = await hidingValues({ projectDirectory, files: [] }, {});
  expect(hide(`invalid duration "${shown}"`)).not.toContain(shown);
});

test('the env files that COMPOSE_ENV_FILES names are read', async () => {
  const projectDirectory = await emptyFolder();
  await writeFiles(projectDirectory, { 'a.env': 'A=secret1\n', 'b.env': 'B=secret2\n' });
  const env = { COMPOSE_ENV_FILES: 'a.env,b.env' };
  const hide = await hidingValues({ projectDirectory, files: [] }, env);
  expect(hide('secret1 secret2')).toBe(['A', 'B'].map(shownAs).join(' '));
});

test('the variables of a definition on standard input are hidden', async () => {
  const projectDirectory = await emptyFolder();
  const scope = { projectDirectory, files: ['-'] };
  const hide = await hidingValues(
    scope,
    { TOKEN: 'secret1' },
    'services: { web: { image: $TOKEN } }',
  );
  expect(hide('secret1')).toBe(shownAs('TOKEN'));
});

test('the variables of included and extended files are hidden, with their env files', async () => {
  const projectDirectory = await emptyFolder();
  await writeFiles(projectDirectory, {
    '.env': 'PART=part\n',
    'compose.yml': `include: ["${shownAs('PART')}/a.yml"]\nservices: { b: { extends: { file: b.yml, service: b } } }\n`,
    'part/a.yml': 'include: [a.yml]\nservices: { a: { image: $IN_INCLUDED } }\n',
    'part/.env': 'OWN=secret3\n',
    'b.yml': `services: { b: { image: "${shownAs('IN_EXTENDED')}", extends: { file: b.yml } } }\n`,
  });
  const env = { IN_INCLUDED: 'secret1', IN_EXTENDED: 'secret2', OTHER: 'other' };
  const hide = await hidingValues({ projectDirectory, files: ['compose.yml'] }, env);
  const names = ['IN_INCLUDED', 'IN_EXTENDED', 'OWN'].map(shownAs);
  expect(hide('secret1 secret2 secret3 other')).toBe(`${names.join(' ')} other`);
});
