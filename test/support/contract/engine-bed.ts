import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { realMachine } from '../../../src/system/machine.ts';
import { runBuilt } from '../built-canary.ts';
import { setUpFile } from '../fixture-haproxy.ts';
import { removeProject } from '../remove-project.ts';
import { IMAGE, type TestBed } from './test-bed.ts';

const SERVER = `import http from 'node:http';
const [version] = process.argv.slice(2);
if (version === 'crashing') process.exit(1);
process.on('SIGTERM', () => process.exit());
process.on('SIGUSR2', () => process.exit(1));
const server = http.createServer((_, response) => {
  if (version === 'failing') response.statusCode = 500;
  response.end(version);
});
setTimeout(() => server.listen(80), 300);
`;

/** A project on the real engine. */
export async function engineBed(project: string, port: number): Promise<TestBed> {
  images ??= build();
  await images;
  const folder = await mkdtemp(join(tmpdir(), `${project}-`));
  return {
    machine: realMachine({ ...process.env, COMPOSE_PROJECT_NAME: project }),
    folder,
    project,
    port,
    write: (name, text) => writeFile(join(folder, name), text),
    compose: async (...args) => {
      const words = ['compose', '--project-directory', folder, ...args];
      return (await execa('docker', words, { cwd: folder, reject: false })).exitCode;
    },
    canary: (...argv) => runBuilt(folder, argv, process.env),
    crash: async (container) => {
      // From inside: the engine starts no container again to which it sent a signal itself.
      await execa('docker', ['exec', container, 'sh', '-c', 'kill -USR2 1']);
    },
    ask: (user = 'somebody') => answerAt(port, user),
    dispose: async () => {
      await removeProject(project);
      await rm(folder, { recursive: true });
    },
  };
}

let images: Promise<void> | undefined;

async function build(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'canary-contract-'));
  const { NODE_IMAGE } = parseEnv(await setUpFile());
  await writeFile(join(folder, 'server.mjs'), SERVER);
  for (const tag of Object.values(IMAGE)) {
    const version = tag.split(':')[1];
    const dockerfile = `FROM ${NODE_IMAGE}\nCOPY server.mjs /\nCMD ["node", "/server.mjs", "${version}"]\n`;
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    await execa('docker', ['build', '--quiet', '--tag', tag, folder]);
  }
  await rm(folder, { recursive: true });
}

function answerAt(port: number, user: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, agent: false, headers: { 'X-User-Id': user } };
    const asked = get(options, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : String(answer.statusCode)));
    });
    asked.on('error', () => resolve('refused'));
  });
}
