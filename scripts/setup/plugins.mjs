// Compose v2 and buildx, as plugins of the docker command.
import { install, installFromSuite, isInstalled } from './apt.mjs';
import { needRootOnDebian } from './machine.mjs';
import { run, SetupError } from './process.mjs';

/** @import { Machine } from './machine.mjs' */
/** @import { Step } from './steps.mjs' */

/** @typedef {'compose' | 'buildx'} Plugin */

const LEAST_COMPOSE = { major: 2, minor: 24 };
// Debian 12 has neither in a usable version; these builds need nothing newer than its libc.
const SUITES_FOR_DEBIAN_12 = ['sid', 'trixie'];

/** @type {Step} */
export const plugins = {
  title: 'Compose and buildx',

  async inPlace() {
    const [compose, buildx] = await Promise.all([hasCompose(), hasBuildx()]);
    return compose && buildx;
  },

  async provide(ground) {
    const { machine, say } = ground;
    /** @type {Plugin[]} */
    const missing = [];
    if (!(await hasCompose())) missing.push('compose');
    if (!(await hasBuildx())) missing.push('buildx');
    const what = missing.map((name) => TITLES[name]).join(' and ');
    needRootOnDebian(
      machine,
      `The docker command lacks ${what}.`,
      'Install them: https://docs.docker.com/compose/install/linux/',
    );
    const { packages, suites } = await choosePackages(machine, missing);
    const from = suites.length > 0 ? `Debian ${suites[0]}` : machine.name;
    say(`installing ${what} from the packages of ${from} (${packages.join(', ')})`);
    if (suites.length === 0) {
      await install(packages, machine);
    } else {
      await installFromFirst(suites, packages);
    }
    if (!(await plugins.inPlace(ground))) {
      throw new SetupError(`The docker command still lacks ${what} after the installation.`, {
        hint:
          'Look at "docker compose version" and "docker buildx version"; an older plugin in ' +
          '~/.docker/cli-plugins would hide the new one.',
      });
    }
  },
};

const TITLES = {
  compose: `Compose ${LEAST_COMPOSE.major}.${LEAST_COMPOSE.minor} or newer`,
  buildx: 'buildx',
};

/**
 * @param {Machine} machine
 * @param {readonly Plugin[]} missing
 */
async function choosePackages(machine, missing) {
  /** @param {Record<Plugin, string>} names */
  const named = (names) => missing.map((name) => names[name]);
  if (await isInstalled('docker-ce-cli')) {
    const names = { compose: 'docker-compose-plugin', buildx: 'docker-buildx-plugin' };
    return { packages: named(names), suites: [] };
  }
  if (machine.distribution === 'ubuntu') {
    const names = { compose: 'docker-compose-v2', buildx: 'docker-buildx' };
    return { packages: named(names), suites: [] };
  }
  const names = { compose: 'docker-compose', buildx: 'docker-buildx' };
  return { packages: named(names), suites: machine.version < 13 ? SUITES_FOR_DEBIAN_12 : [] };
}

/**
 * @param {readonly string[]} suites
 * @param {readonly string[]} packages
 */
async function installFromFirst([suite = '', ...others], packages) {
  try {
    await installFromSuite(packages, suite);
  } catch (error) {
    if (others.length === 0) {
      throw error;
    }
    await installFromFirst(others, packages);
  }
}

async function hasCompose() {
  const { code, stdout } = await run('docker', ['compose', 'version', '--short']);
  const [major = 0, minor = 0] = stdout.replace(/^v/, '').split('.').map(Number);
  const least = LEAST_COMPOSE;
  return code === 0 && (major > least.major || (major === least.major && minor >= least.minor));
}

async function hasBuildx() {
  return (await run('docker', ['buildx', 'version'])).code === 0;
}
