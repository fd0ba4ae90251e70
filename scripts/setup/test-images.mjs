// Servers that only the tests need, each an image built from a folder of test/support.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, run } from './process.mjs';

/** @import { Step } from './steps.mjs' */

const LABEL = 'canary.test';
const STANDIN_BASE = 'canary-standin/base:trixie';

/** A Prometheus, to be asked about a canary. */
export const prometheus = testImage({ name: 'prometheus', title: 'Prometheus' });

/** A MariaDB, to be rehearsed. */
export const mariadb = testImage({ name: 'mariadb', title: 'MariaDB', official: 'mariadb:11' });

/** A registry, from which images are released. */
export const registry = testImage({
  name: 'registry',
  title: 'a registry',
  official: 'registry:2',
});

/**
 * @param {{ name: string, title: string, official?: string }} image
 * @returns {Step}
 */
function testImage({ name, title, official }) {
  const image = `canary-test/${name}`;
  return {
    title: `an image with ${title}`,

    async inPlace({ root }) {
      const { code, stdout } = await run('docker', ['image', 'inspect', image]);
      if (code !== 0) {
        return false;
      }
      const label = JSON.parse(stdout)[0].Config.Labels?.[LABEL];
      return label === versionOf(root, name) || (label === undefined && official !== undefined);
    },

    async provide({ root, say }) {
      if (official && !usesStandins(root) && (await fetched(official, image, say))) {
        return;
      }
      say(`building an image with ${title} for the tests (about 20 s)`);
      await build(root, name, image);
    },
  };
}

/**
 * @param {string} official
 * @param {string} image
 * @param {(line: string) => void} say
 */
async function fetched(official, image, say) {
  say(`fetching the image ${official} for the tests`);
  const pull = await run('docker', ['pull', official]);
  return pull.code === 0 && (await run('docker', ['tag', official, image])).code === 0;
}

/**
 * @param {string} root
 * @param {string} name
 * @param {string} image
 */
async function build(root, name, image) {
  const proxies = Object.keys(process.env).filter((each) => /^(https?|no)_proxy$/i.test(each));
  // If no registry answers, the stand-ins' own base exists.
  const base = usesStandins(root) ? STANDIN_BASE : 'debian:trixie-slim';
  await must(
    'docker',
    [
      ...['build', '--quiet', '--pull=false', '--tag', image],
      ...['--label', `${LABEL}=${versionOf(root, name)}`, '--build-arg', `BASE=${base}`],
      // Only the name: the value comes from the environment, not from the command line.
      ...proxies.flatMap((each) => ['--build-arg', each]),
      folderOf(root, name),
    ],
    { env: { DOCKER_BUILDKIT: '1' }, failure: `The image ${image} could not be built.` },
  );
}

/** @param {string} root */
function usesStandins(root) {
  const chosen = join(root, '.setup', 'images.env');
  return existsSync(chosen) && readFileSync(chosen, 'utf8').includes('canary-standin/');
}

/**
 * @param {string} root
 * @param {string} name
 */
function versionOf(root, name) {
  const hash = createHash('sha256');
  for (const file of readdirSync(folderOf(root, name)).sort()) {
    hash.update(readFileSync(join(folderOf(root, name), file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} root
 * @param {string} name
 */
function folderOf(root, name) {
  return join(root, 'test', 'support', name);
}
