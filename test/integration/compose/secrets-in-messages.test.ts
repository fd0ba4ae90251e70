import { expect, test } from 'vitest';
import { composeCli } from '../../../src/system/docker/compose.ts';
import { processRunner } from '../../../src/system/process.ts';
import { neverAsked } from '../../support/fixture-context.ts';
import { emptyFolder, writeFiles } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const SECRET = 'tok-hunter2-3f9a';

/** What is shown when Compose refuses these files. */
async function shown(files: Record<string, string>): Promise<string> {
  const folder = await emptyFolder();
  await writeFiles(folder, files);
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, FROM_ENVIRONMENT: SECRET };
  const compose = composeCli(processRunner(env), neverAsked, env);
  const scope = { projectDirectory: folder, files: [`${folder}/compose.yaml`] };
  const error = await refusal(() => compose.model(scope));
  return [error.message, ...error.details].join('\n');
}

const using = (name: string) =>
  `services: { web: { image: x, healthcheck: { test: x, interval: "\${${name}}" } } }\n`;

test.each<[string, Record<string, string>]>([
  ['the environment', { 'compose.yaml': using('FROM_ENVIRONMENT') }],
  ['the file of the project', { 'compose.yaml': using('TOKEN'), '.env': `TOKEN=${SECRET}\n` }],
  [
    'an env file that is not valid',
    {
      'compose.yaml': 'services: { web: { image: x, env_file: app.env } }\n',
      'app.env': `pass word=${SECRET}\n`,
    },
  ],
])('Compose’s message quotes no value from %s', async (_, files) => {
  const words = await shown(files);
  expect(words).not.toContain(SECRET);
  expect(words).toMatch(/\$\{(FROM_ENVIRONMENT|TOKEN)\}|"…"|app\.env/);
});

test('what a build prints shows no value either', async () => {
  const folder = await emptyFolder();
  await writeFiles(folder, { 'compose.yaml': using('TOKEN'), '.env': `TOKEN=${SECRET}\n` });
  const lines: string[] = [];
  const compose = composeCli(async (_command, _args, options) => {
    options?.onLine?.(`#5 RUN curl -H "X-Token: ${SECRET}" https://example.org`);
    return { stdout: '', stderr: '', exitCode: 0 };
  }, neverAsked);
  const scope = { projectDirectory: folder, files: [`${folder}/compose.yaml`] };
  await compose.build(scope, ['web'], { log: '', onLine: (line) => lines.push(line) });
  expect(lines).toEqual(['#5 RUN curl -H "X-Token: \x24{TOKEN}" https://example.org']);
});
