import { expect, test } from 'vitest';
import { plan } from '../../../src/workflows/plan.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { branch, type Files, repository } from '../../support/fixture-project.ts';

const JOB = `
  migrate:
    build: .
    command: flask db upgrade
    depends_on: [db]
`;
const composeOf = (job: string, waits = true) => `name: shop
services:
  web:
    build: .
    ports: ["3000:80"]
    depends_on:${waits ? ' { migrate: { condition: service_completed_successfully } }' : ' [db]'}
  db: { image: postgres:17 }
${job}`;

/** What `plan` notes about migrations. */
async function notesOf(change: Files, { job = JOB, settings = '', waits = true } = {}) {
  const folder = await repository({
    'docker-compose.yml': composeOf(job, waits),
    'canary.yaml': `version: 1\nservices: { web: { entry: 3000 } }\n${settings}`,
    Dockerfile: 'FROM scratch\n',
    'app.py': 'old\n',
  });
  await branch(folder, 'next', change);
  const { notes } = await plan(contextIn(folder), 'next', undefined);
  return notes.filter((each) => each.includes('migrates the database'));
}

const told = (what: string) => [
  `\`migrate\` migrates the database and ${what}, but nothing runs it for the canary. To run it once before the canary starts: \`database: { migrate: { service: migrate } }\` in canary.yaml.`,
];

test('a branch that adds a migration is told that nothing runs it', async () => {
  const files = { 'migrations/versions/2_note.py': 'new\n', 'app.py': 'new\n' };
  expect(await notesOf(files)).toEqual(
    told('changes with the branch (migrations/versions/2_note.py)'),
  );
});

test('a branch whose job runs another command, or is new, is told so', async () => {
  const other = { 'docker-compose.yml': composeOf(JOB.replace('upgrade', 'upgrade head')) };
  expect(await notesOf(other)).toEqual(told('is another in the branch'));
  const added = { 'docker-compose.yml': composeOf(JOB, false) };
  expect(await notesOf(added, { job: '', waits: false })).toEqual(told('is new in the branch'));
});

test('nothing is said of other code, or if canary.yaml names the migration', async () => {
  expect(await notesOf({ 'app.py': 'new\n' })).toEqual([]);
  const settings = 'database: { migrate: { service: migrate } }\n';
  expect(await notesOf({ 'migrations/2.sql': 'new\n' }, { settings })).toEqual([]);
});

test('a job that runs the image of the web service changes with its files', async () => {
  const job = `
  migrate:
    image: shop/app
    command: bin/rails db:migrate
`;
  const compose = composeOf(job).replace('build: .', 'build: .\n    image: shop/app');
  const folder = await repository({
    'docker-compose.yml': compose,
    'canary.yaml': 'version: 1\nservices: { web: { entry: 3000 } }\n',
    Dockerfile: 'FROM scratch\n',
  });
  await branch(folder, 'next', { 'db/migrate/2_note.rb': 'new\n' });
  const { notes } = await plan(contextIn(folder), 'next', undefined);
  expect(notes.filter((each) => each.includes('migrates the database'))).toEqual(
    told('changes with the branch (db/migrate/2_note.rb)'),
  );
});
