// The oldest Compose that Debian still has, beside the one in use: the tests try overrides with both.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { downloadFromSuite } from './apt.mjs';
import { must, run } from './process.mjs';

/** @import { Step } from './steps.mjs' */

const SUITE = 'trixie';
const PLUGIN = join('usr', 'libexec', 'docker', 'cli-plugins', 'docker-compose');

/** @type {Step} */
export const oldestCompose = {
  title: 'an older Compose',

  async inPlace({ root, machine }) {
    // Elsewhere there is no such package; the tests say what they tried.
    if (machine.distribution !== 'debian') {
      return true;
    }
    const path = pathIn(root);
    return existsSync(path) && (await run(path, ['version'])).code === 0;
  },

  async provide({ root, say }) {
    say(`fetching the Compose of Debian ${SUITE} for the tests`);
    const folder = mkdtempSync(join(tmpdir(), 'canary-compose-'));
    try {
      const [file = ''] = await downloadFromSuite(['docker-compose'], SUITE, folder);
      await must('dpkg-deb', ['--extract', file, join(folder, 'content')], {
        failure: `${file} could not be unpacked.`,
      });
      mkdirSync(dirname(pathIn(root)), { recursive: true });
      cpSync(join(folder, 'content', PLUGIN), pathIn(root));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** @param {string} root */
function pathIn(root) {
  return join(root, '.setup', 'oldest-compose', 'docker-compose');
}
