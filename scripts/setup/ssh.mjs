// OpenSSH for the tests: they start their own sshd. The machine must not get a service by that.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { install } from './apt.mjs';
import { needRootOnDebian } from './machine.mjs';
import { must, run } from './process.mjs';

/** @import { Machine } from './machine.mjs' */
/** @import { Step } from './steps.mjs' */

const SERVER = 'openssh-server';
const CLIENT = 'openssh-client';
const PACKAGES = { sshd: SERVER, ssh: CLIENT, 'ssh-keygen': CLIENT };
const START_POLICY = '/usr/sbin/policy-rc.d';

/** @type {Step} */
export const ssh = {
  title: 'OpenSSH',

  async inPlace() {
    return (await missingPackages()).length === 0;
  },

  async provide({ machine, say }) {
    const packages = await missingPackages();
    needRootOnDebian(
      machine,
      `The tests need OpenSSH, and ${packages.join(' and ')} is missing.`,
      'Install OpenSSH (sshd, ssh and ssh-keygen); its service need not run.',
    );
    say(`installing ${packages.join(', ')} for the tests from the packages of ${machine.name}`);
    if (packages.includes(SERVER)) {
      say('the service of sshd is neither started nor enabled by this');
      await installWithoutService(packages, machine);
    } else {
      await install(packages, machine);
    }
  },
};

async function missingPackages() {
  const missing = new Set();
  for (const [program, name] of Object.entries(PACKAGES)) {
    // Each answers an unknown flag with its usage and does nothing else.
    if ((await run(program, ['-?'])).code === 127 || (await isHalfInstalled(name))) {
      missing.add(name);
    }
  }
  return [...missing];
}

/**
 * Left by an installation that was killed; the next apt on the machine would start the service.
 * @param {string} name
 */
async function isHalfInstalled(name) {
  const { stdout } = await run('dpkg', ['--status', name], { env: { LC_ALL: 'C' } });
  return /^Status: .*(half-installed|unpacked|half-configured)$/m.test(stdout);
}

/**
 * Debian enables and starts a service as soon as its package is installed.
 * @param {readonly string[]} packages
 * @param {Machine} machine
 */
async function installWithoutService(packages, machine) {
  const allowStart = denyStart();
  try {
    await install(packages, machine);
  } finally {
    allowStart();
    await disableService(machine);
  }
}

/** Keeps packages from starting sshd until the function that it returns is called. */
function denyStart() {
  if (existsSync(START_POLICY)) {
    // The machine has its own policy; what it lets start is stopped again afterwards.
    return () => {};
  }
  // If this process is killed, the policy allows everything again.
  const policy = `#!/bin/sh
# Made by the set-up of canary's tests while it installs ${SERVER}; removed afterwards.
kill -0 ${process.pid} 2>/dev/null || exit 0
case " $* " in *" ssh"*) exit 101 ;; esac
`;
  writeFileSync(START_POLICY, policy, { mode: 0o755 });
  return () => rmSync(START_POLICY, { force: true });
}

/** @param {Machine} machine */
async function disableService({ systemd }) {
  // Also after an interruption: the package may have been installed by then.
  const anyway = { evenWhenStopping: true };
  const { stdout } = await run('dpkg', ['--listfiles', SERVER], anyway);
  const units = [...stdout.matchAll(/\/systemd\/system\/([\w-]+\.(?:service|socket))$/gm)];
  const names = units.flatMap(([, name]) => name ?? []);
  if (systemd && names.length > 0) {
    await must('systemctl', ['disable', '--now', ...names], {
      ...anyway,
      failure: 'The service of sshd could not be disabled.',
      hint: `Run: systemctl disable --now ${names.join(' ')}`,
    });
  }
  if (!systemd && existsSync('/etc/init.d/ssh')) {
    // For a later boot by another init, or by systemd if this root is booted.
    await run('update-rc.d', ['ssh', 'disable'], anyway);
  }
}
