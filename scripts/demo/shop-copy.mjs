// A copy of Storedog in its own folder, git repository and compose project.
import { randomBytes } from 'node:crypto';
import { appendFile, cp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { Run } from './programs.mjs' */

/** @typedef {Awaited<ReturnType<typeof claimPlace>>} Place */
/** @typedef {Record<keyof typeof PORTS, number>} Ports */

/**
 * @typedef {object} Container As `docker inspect` reports one.
 * @property {string} Id
 * @property {{ Labels: Record<string, string> }} Config
 * @property {{ StartedAt: string }} State
 * @property {number} RestartCount
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PORTS = { shop: 3000, preview: 13_000, discounts: 5001 };
const PORTS_TO_TRY = 500;
const LEFT_OUT = ['.canary', '.env', '.git', 'canary.yaml'];

/** Makes a folder for a run and finds ports for it. The folder is named after its port, so no two runs share one. */
export async function claimPlace() {
  const parent = await realpath(tmpdir());
  for (let shift = 0; shift < PORTS_TO_TRY; shift += 1) {
    const ports = {
      shop: PORTS.shop + shift,
      preview: PORTS.preview + shift,
      discounts: PORTS.discounts + shift,
    };
    const directory = join(parent, `canary-demo-${ports.shop}`);
    if ((await areFree(Object.values(ports))) && (await claim(directory))) {
      const project = `storedog-demo-${randomBytes(3).toString('hex')}`;
      return { directory, project, ports, isShifted: shift > 0 };
    }
  }
  throw new Error(
    `No free port for the shop between ${PORTS.shop} and ${PORTS.shop + PORTS_TO_TRY}.`,
  );
}

/**
 * Fills the folder: the files with the ports of this run, the images that setup chose, one first commit.
 * @param {Place} place
 * @param {Run} run
 */
export async function fillPlace({ directory, ports }, run) {
  await cp(join(ROOT, 'examples', 'storedog'), directory, {
    recursive: true,
    filter: (source) => !LEFT_OUT.includes(basename(source)),
  });
  await publishOn(join(directory, 'docker-compose.yml'), ports);
  await writeFile(join(directory, '.env'), await readFile(join(ROOT, '.setup', 'images.env')));
  await run('git', ['init', '--quiet', '-b', 'main']);
  await run('git', ['config', 'user.name', 'Storedog Team']);
  await run('git', ['config', 'user.email', 'team@storedog.example']);
  await run('git', ['config', 'commit.gpgsign', 'false']);
  await appendFile(join(directory, '.git', 'info', 'exclude'), '.env\n');
  await run('git', ['add', '--all']);
  await run('git', ['commit', '--quiet', '-m', 'Storedog as it runs in production']);
}

/**
 * The environment of every command: the caller's, without variables that would lead elsewhere.
 * @param {Pick<Place, 'project'>} place
 */
export function environmentFor({ project }) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(GIT_|COMPOSE_|STORE_BANNER$|POSTGRES_PASSWORD$|FORCE_COLOR$)/.test(name),
  );
  return { ...Object.fromEntries(kept), COMPOSE_PROJECT_NAME: project };
}

/**
 * Identity, start and restarts of every container of these services; they differ if one was touched.
 * @param {Pick<Place, 'project'>} place
 * @param {Run} run
 * @param {readonly string[]} services
 */
export async function fingerprint({ project }, run, services) {
  const filters = ['--filter', `label=com.docker.compose.project=${project}`];
  const ids = words(await run('docker', ['ps', '--all', '--quiet', '--no-trunc', ...filters]));
  /** @type {Container[]} */
  const containers = JSON.parse(await run('docker', ['inspect', ...ids]));
  return containers
    .filter(({ Config }) => services.includes(Config.Labels['com.docker.compose.service'] ?? ''))
    .map(({ Id, State, RestartCount }) => `${Id} ${State.StartedAt} ${RestartCount}`)
    .sort();
}

/**
 * Removes everything that carries the project's name; returns how many of each are still there.
 * @param {Place} place
 * @param {Run} run
 */
export async function clearPlace({ directory, project }, run) {
  for (const { list, remove } of belongings(project)) {
    const found = await list(run);
    if (found.length > 0) {
      await run('docker', [...remove, ...found]);
    }
  }
  await rm(directory, { recursive: true, force: true });
  /** @type {Record<string, number>} */
  const left = {};
  for (const { kind, list } of belongings(project)) {
    left[kind] = (await list(run)).length;
  }
  return left;
}

/** @param {string} project */
function belongings(project) {
  const label = ['--filter', `label=com.docker.compose.project=${project}`];
  const lister = (/** @type {string[][]} */ ...calls) => {
    return async (/** @type {Run} */ run) => {
      const lists = await Promise.all(calls.map((args) => run('docker', args)));
      return [...new Set(lists.flatMap(words))];
    };
  };
  return [
    {
      kind: 'containers',
      list: lister(['ps', '--all', '--quiet', ...label]),
      remove: ['rm', '--force', '--volumes'],
    },
    {
      kind: 'networks',
      list: lister(['network', 'ls', '--quiet', ...label]),
      remove: ['network', 'rm'],
    },
    {
      kind: 'volumes',
      list: lister(['volume', 'ls', '--quiet', ...label]),
      remove: ['volume', 'rm'],
    },
    {
      kind: 'images',
      // By name if they have one: an equal image may have names in other projects, too.
      list: lister(
        [
          'image',
          'ls',
          '--format',
          '{{.Repository}}:{{.Tag}}',
          '--filter',
          `reference=${project}-*`,
        ],
        ['image', 'ls', '--quiet', '--filter', 'dangling=true', ...label],
      ),
      remove: ['image', 'rm', '--force'],
    },
  ];
}

/**
 * @param {string} file
 * @param {Ports} ports
 */
async function publishOn(file, ports) {
  let text = await readFile(file, 'utf8');
  for (const name of /** @type {const} */ (['shop', 'discounts'])) {
    const usual = PORTS[name];
    const line = `"${usual}:${usual}"`;
    if (!text.includes(line)) {
      throw new Error(`docker-compose.yml of Storedog does not publish ${line}.`);
    }
    text = text.replace(line, `"${ports[name]}:${usual}"`);
  }
  await writeFile(file, text);
}

/** @param {string} directory */
async function claim(directory) {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** @param {readonly number[]} ports */
async function areFree(ports) {
  const answers = await Promise.all(ports.map(isFree));
  return answers.every(Boolean);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @param {string} text */
function words(text) {
  return text.split(/\s+/).filter(Boolean);
}
