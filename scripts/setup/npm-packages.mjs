// npm's packages: node_modules must hold what package-lock.json says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run, SetupError } from './process.mjs';

/** @import { Step } from './steps.mjs' */

/**
 * @typedef {object} Package A package in a lock file.
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** @type {Step} */
export const npmPackages = {
  title: 'the npm packages',

  async inPlace({ root }) {
    const wanted = readPackages(join(root, 'package-lock.json'));
    // npm writes here what it installed, in the same form.
    const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
    return (
      wanted !== undefined &&
      present !== undefined &&
      Object.entries(wanted).every(([path, entry]) => path === '' || same(entry, present[path]))
    );
  },

  async provide({ root, say }) {
    if (!existsSync(join(root, 'package-lock.json'))) {
      throw new SetupError('package-lock.json is missing.', {
        hint: 'Bring it back: git checkout -- package-lock.json',
        exitCode: 2,
      });
    }
    say('installing the npm packages of package-lock.json');
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    let result = await run('npm', ['ci', ...quiet], { cwd: root });
    if (result.code !== 0 && lacksOnlyOtherPlatforms(result.output, root)) {
      // Same versions, and package-lock.json stays as it is.
      result = await run('npm', ['install', '--no-save', ...quiet], { cwd: root });
    }
    if (result.code !== 0) {
      throw new SetupError('The npm packages could not be installed.', {
        output: withoutUsage(result.output),
        hint: 'Look at the lines above and at the network.',
      });
    }
  },
};

/**
 * A registry that leaves out packages for other platforms gives a lock file without them, and
 * "npm ci" rejects that: optional packages are missing, and nothing else differs.
 * @param {string} output
 * @param {string} root
 */
function lacksOnlyOtherPlatforms(output, root) {
  const missing = [...output.matchAll(/Missing: (\S+)@\S* from lock file/g)].map(
    ([, name]) => name,
  );
  const entries = Object.values(readPackages(join(root, 'package-lock.json')) ?? {});
  const optional = new Set(
    entries.flatMap((entry) => Object.keys(entry.optionalDependencies ?? {})),
  );
  return (
    missing.length > 0 &&
    !output.includes('Invalid:') &&
    missing.every((name) => name !== undefined && optional.has(name))
  );
}

/**
 * After its own reason npm prints a long text on how to use "npm ci".
 * @param {string} output
 */
function withoutUsage(output) {
  return lastLines(output.split(/^npm error Clean install a project$/m)[0] ?? '');
}

/**
 * Packages for other platforms are in the lock file and rightly not here.
 * @param {Package} wanted
 * @param {Package | undefined} present
 */
function same(wanted, present) {
  if (present === undefined) {
    return Boolean(wanted.optional || wanted.devOptional);
  }
  return present.version === wanted.version && present.integrity === wanted.integrity;
}

/**
 * @param {string} file
 * @returns {Record<string, Package> | undefined}
 */
function readPackages(file) {
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
