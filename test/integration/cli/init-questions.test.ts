import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { main } from '../../../src/main.ts';
import { fingerprint, git, repository } from '../../support/fixture-project.ts';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

const COMPOSE = `name: shop
services:
  frontend:
    build: ./frontend
    ports: ["3000:80", "3001:8081"]
    environment: { DISCOUNTS_URL: "http://discounts:5001" }
  discounts:
    build: ./discounts
    expose: ["5001"]
    depends_on: [db]
  migrate:
    build: ./discounts
    command: flask db upgrade
    depends_on: [db]
  db:
    image: postgres:17
`;

/** The questions in order, by how each begins. */
const QUESTIONS = {
  data: 'Which services keep data?',
  services: 'Which services should have a canary?',
  entry: 'At which port do users reach frontend?',
  migration: 'Which service migrates the database',
  identity: 'How does a request say who its user is?',
  header: 'What is the header called?',
  steps: 'How does a canary get its users?',
  promotion: 'A canary passed every step.',
  write: 'Write this file?',
};
type Question = keyof typeof QUESTIONS;

/** Runs `init` at a terminal whose user types the answer to each question when it appears. */
async function initAt(
  folder: string,
  answers: Partial<Record<Question, string>>,
  { argv = ['init'], env = {} }: { argv?: string[]; env?: Record<string, string> } = {},
) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const stdout = new PassThrough();
  const asked: Question[] = [];
  let seen = '';
  let said = '';
  stdout.on('data', (chunk) => {
    said += chunk;
  });
  stderr.on('data', (chunk) => {
    seen += chunk;
    const plain = stripVTControlCharacters(seen);
    for (const name of Object.keys(QUESTIONS) as Question[]) {
      if (asked.includes(name) || !plain.includes(QUESTIONS[name])) continue;
      asked.push(name);
      // The question listens once it is drawn.
      setImmediate(() => typeKeys(stdin, answers[name] ?? ENTER));
    }
  });
  const { PATH, HOME, GOGC } = process.env;
  const exitCode = await main(argv, {
    stdin,
    stdout,
    stderr,
    cwd: folder,
    env: { PATH, HOME, GOGC, TERM: 'xterm', ...env },
  });
  return { exitCode, asked, seen, said: stripVTControlCharacters(said) };
}

/** Each key arrives alone, as from a keyboard. */
function typeKeys(stdin: PassThrough, keys: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a keyboard sends.
  for (const [key] of keys.matchAll(/\u001b\[[A-D]|./gs)) stdin.write(key);
}

const shop = () =>
  repository({
    'docker-compose.yml': COMPOSE,
    'frontend/Dockerfile': 'FROM scratch\n',
    'discounts/Dockerfile': 'FROM scratch\n',
  });
const written = async (folder: string) =>
  (await readFile(join(folder, 'canary.yaml'), 'utf8')).replace(/^#.*\n/gm, '');

describe('init at a terminal', () => {
  test('Enter alone takes what canary would choose by itself', async () => {
    const [folder, other] = [await shop(), await shop()];
    const { exitCode, asked } = await initAt(folder, {});
    expect({ exitCode, asked }).toEqual({
      exitCode: 0,
      asked: ['data', 'services', 'entry', 'migration', 'identity', 'steps', 'promotion', 'write'],
    });
    const byItself = await initAt(other, {}, { argv: ['init', '--yes'] });
    expect(byItself.asked).toEqual([]);
    expect(await written(folder)).toBe(await written(other));
    expect(await git(folder, 'show', '--name-only', '--format=', 'HEAD')).toBe('canary.yaml');
  });

  test('every answer is written', async () => {
    const folder = await shop();
    const answers = {
      entry: `${DOWN}${ENTER}`,
      migration: `${DOWN}${ENTER}`,
      identity: `${DOWN}${ENTER}`,
      header: `X-User-Id${ENTER}`,
      steps: `${DOWN}${ENTER}`,
      promotion: `${DOWN}${ENTER}`,
      write: `${DOWN}${ENTER}`,
    };
    const { exitCode, asked } = await initAt(folder, answers);
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: Object.keys(QUESTIONS) });
    expect(await written(folder)).toBe(`version: 1
services:
  discounts: {}
  frontend: { entry: 3001, preview: 13001 }
identity: [header:X-User-Id]
steps:
  - { weight: 20, for: 15m }
  - { weight: 50, for: 15m }
promote: manual
database: { migrate: { service: migrate } }
`);
    expect(await git(folder, 'status', '--porcelain')).toBe('?? canary.yaml');
  });

  test('what a flag says is not asked', async () => {
    const folder = await shop();
    const flags = ['--service', 'frontend', '--entry', 'frontend=3000', '--migrate', 'migrate'];
    const rest = ['--identity', 'source', '--steps', '10:5m', '--promote', 'manual'];
    const { asked } = await initAt(folder, {}, { argv: ['init', ...flags, ...rest] });
    expect(asked).toEqual(['write']);
    expect(await written(folder)).toContain('steps:\n  - { weight: 10, for: 5m }\n');
  });

  test.each(Object.keys(QUESTIONS) as Question[])('Ctrl-C at `%s` writes nothing', async (name) => {
    const folder = await shop();
    const before = await fingerprint(folder);
    const identity = name === 'header' ? { identity: `${DOWN}${ENTER}` } : {};
    const { exitCode, asked, seen } = await initAt(folder, { ...identity, [name]: CTRL_C });
    expect({ exitCode, last: asked.at(-1) }).toEqual({ exitCode: 130, last: name });
    expect(seen).toContain('Nothing was written.');
    expect(await fingerprint(folder)).toEqual(before);
  });

  test('in CI it asks nothing, even at a terminal', async () => {
    const folder = await shop();
    const { exitCode, asked } = await initAt(folder, {}, { env: { CI: 'true' } });
    expect({ exitCode, asked: asked.slice(1) }).toEqual({ exitCode: 2, asked: [] });
  });

  test('without colour its questions have none either', async () => {
    // The library of the questions looks at the environment of the process.
    vi.stubEnv('FORCE_COLOR', '1');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { seen } = await initAt(await shop(), {}, { argv: ['--no-color', 'init'] });
    expect(seen).toContain(QUESTIONS.steps);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys.
    expect(seen).not.toMatch(/\u001b\[[\d;]*m/);
  });
});
