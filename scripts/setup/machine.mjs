// What kind of machine this is.
import { existsSync, readFileSync } from 'node:fs';
import { SetupError } from './process.mjs';

/** @typedef {ReturnType<typeof inspectMachine>} Machine */

/** The answer is small and cheap; nothing is remembered between calls. */
export function inspectMachine() {
  const release = readRelease();
  const distribution = ['debian', 'ubuntu'].find((id) => id === release.ID);
  return {
    name: release.PRETTY_NAME ?? process.platform,
    distribution,
    // Debian's testing and unstable carry no number: newer than every number.
    version: Number(release.VERSION_ID ?? Number.POSITIVE_INFINITY),
    root: process.getuid?.() === 0,
    systemd: existsSync('/run/systemd/system'),
  };
}

/**
 * Ends with an instruction when this user on this machine cannot install what is missing.
 * @param {Machine} machine
 * @param {string} missing
 * @param {string} instruction
 */
export function needRootOnDebian(machine, missing, instruction) {
  if (!machine.distribution) {
    throw new SetupError(`${missing} On this system (${machine.name}) it must be set up by hand.`, {
      hint: instruction,
      exitCode: 2,
    });
  }
  if (!machine.root) {
    throw new SetupError(`${missing} Only root can set it up.`, {
      hint: ['Run: sudo "$(command -v node)" scripts/setup.mjs', ...process.argv.slice(2)].join(
        ' ',
      ),
      exitCode: 2,
    });
  }
}

/** @returns {Record<string, string | undefined>} */
function readRelease() {
  const file = '/etc/os-release';
  if (!existsSync(file)) {
    return {};
  }
  const pairs = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, key, value] = line.match(/^([A-Z_]+)=["']?(.*?)["']?$/) ?? [];
      return key === undefined ? [] : [[key, value]];
    });
  return Object.fromEntries(pairs);
}
