// Base images: official ones if a registry answers, else stand-ins made from Debian's packages.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildStandins, STANDIN_LABEL, STANDINS, standinsVersion } from '../standins/build.mjs';
import { lastLines, run } from './process.mjs';

/** @import { Step } from './steps.mjs' */

// The smallest first: when no registry answers, that is known at once.
const OFFICIAL = {
  CANARY_PROXY_IMAGE: 'haproxy:3.0',
  NODE_IMAGE: 'node:20-slim',
  POSTGRES_IMAGE: 'postgres:17',
  PYTHON_IMAGE: 'python:3.12',
};
const REGISTRY_SILENCE_MS = 20_000;

/** @type {Step} */
export const images = {
  title: 'the base images',

  async inPlace({ root }) {
    const chosen = readChoice(root);
    if (Object.keys(OFFICIAL).some((key) => !chosen[key])) {
      return false;
    }
    return areThere(Object.values(chosen));
  },

  async provide({ root, machine, say }) {
    if (!(await areThere(Object.values(STANDINS))) && (await getOfficial(say))) {
      writeChoice(root, OFFICIAL);
      return;
    }
    if (!(await areThere(Object.values(STANDINS)))) {
      await buildStandins({ machine, say });
    }
    writeChoice(root, STANDINS);
  },
};

/**
 * Whether the engine has all these images; a stand-in counts only in its present version.
 * @param {readonly string[]} names
 */
async function areThere(names) {
  const { code, stdout } = await run('docker', ['image', 'inspect', ...names]);
  if (code !== 0) {
    return false;
  }
  const version = standinsVersion();
  /** @type {{ Config: { Labels?: Record<string, string> } }[]} */
  const found = JSON.parse(stdout);
  return found.every(({ Config: { Labels } }) => {
    const label = Labels?.[STANDIN_LABEL];
    return label === undefined || label === version;
  });
}

/** @param {(line: string) => void} say */
async function getOfficial(say) {
  for (const name of Object.values(OFFICIAL)) {
    if (await areThere([name])) {
      continue;
    }
    say(`fetching the image ${name} from its registry`);
    const pull = await run('docker', ['pull', name], { firstOutputWithin: REGISTRY_SILENCE_MS });
    if (pull.code !== 0) {
      const reason = lastLines(pull.output).split('\n').at(-1) || 'no answer in time';
      say(`${name} cannot be fetched (${reason})`);
      return false;
    }
  }
  return true;
}

/** @param {string} root */
function choiceFile(root) {
  return join(root, '.setup', 'images.env');
}

/**
 * @param {string} root
 * @returns {Record<string, string>}
 */
function readChoice(root) {
  const file = choiceFile(root);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)=(\S+)$/gm)].map(([, key, name]) => [key, name]),
  );
}

/**
 * @param {string} root
 * @param {Record<string, string>} chosen
 */
function writeChoice(root, chosen) {
  const file = choiceFile(root);
  mkdirSync(join(root, '.setup'), { recursive: true });
  const lines = Object.entries(chosen).map(([key, name]) => `${key}=${name}\n`);
  writeFileSync(`${file}.new`, lines.join(''));
  renameSync(`${file}.new`, file);
}
