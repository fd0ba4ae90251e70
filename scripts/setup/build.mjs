// The program itself: dist/ must be newer than what it is built from.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './process.mjs';

/** @import { Step } from './steps.mjs' */

const INPUTS = ['src', 'scripts/build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** @type {Step} */
export const build = {
  title: 'a build of the program',

  async inPlace({ root }) {
    const inputs = Math.max(...INPUTS.map((name) => newest(join(root, name))));
    return newest(join(root, 'dist')) >= inputs;
  },

  async provide({ root, say }) {
    say('building canary');
    await must('npm', ['run', '--silent', 'build'], {
      cwd: root,
      failure: 'The build failed.',
    });
  },
};

/**
 * A folder's own time counts too: it changes when a file in it is removed.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) {
    return Number.NEGATIVE_INFINITY;
  }
  if (!entry.isDirectory()) {
    return entry.mtimeMs;
  }
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
