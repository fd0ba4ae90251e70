// A Prometheus for the tests, which ask it about a canary.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, run } from './process.mjs';

const IMAGE = 'canary-test/prometheus';
const LABEL = 'canary.test';
const STANDIN_BASE = 'canary-standin/base:trixie';
export const prometheus = {
  async inPlace({ root }) {
    const { code, stdout } = await run('docker', ['image', 'inspect', IMAGE]);
    return code === 0 && JSON.parse(stdout)[0].Config.Labels?.[LABEL] === versionOf(root);
  },

  async provide({ root, say }) {
    say('building an image with Prometheus for the tests (about 20 s)');
    const proxies = Object.keys(process.env).filter((name) => /^(https?|no)_proxy$/i.test(name));
    await must(
      'docker',
      [
        ...['build', '--quiet', '--pull=false', '--tag', IMAGE],
        ...['--label', `${LABEL}=${versionOf(root)}`, '--build-arg', `BASE=${baseIn(root)}`],
        // Only the name: the value comes from the environment, not from the command line.
        ...proxies.flatMap((name) => ['--build-arg', name]),
        folderIn(root),
      ],
      { env: { DOCKER_BUILDKIT: '1' }, failure: `The image ${IMAGE} could not be built.` },
    );
  },
};

/** Where no registry answers the stand-ins' own base is there. */
function baseIn(root) {
  const chosen = join(root, '.setup', 'images.env');
  const isStandin = existsSync(chosen) && readFileSync(chosen, 'utf8').includes('canary-standin/');
  return isStandin ? STANDIN_BASE : 'debian:trixie-slim';
}

function versionOf(root) {
  const recipe = readFileSync(join(folderIn(root), 'Dockerfile'));
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}

function folderIn(root) {
  return join(root, 'test', 'support', 'prometheus');
}
