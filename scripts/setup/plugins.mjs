// Compose v2 and buildx, as plugins of the docker command.
import { install, installFromSuite, isInstalled } from './apt.mjs';
import { needRootOnDebian } from './machine.mjs';
import { run, SetupError } from './process.mjs';

const LEAST_COMPOSE = [2, 24];
// Debian 12 has neither in a usable version; these builds need nothing newer than its libc.
const SUITES_FOR_DEBIAN_12 = ['sid', 'trixie'];

export const plugins = {
  async inPlace() {
    const [compose, buildx] = await Promise.all([hasCompose(), hasBuildx()]);
    return compose && buildx;
  },

  async provide({ machine, say }) {
    const missing = [
      ...((await hasCompose()) ? [] : ['compose']),
      ...((await hasBuildx()) ? [] : ['buildx']),
    ];
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
    if (!(await plugins.inPlace())) {
      throw new SetupError(`The docker command still lacks ${what} after the installation.`, {
        hint:
          'Look at "docker compose version" and "docker buildx version"; an older plugin in ' +
          '~/.docker/cli-plugins would hide the new one.',
      });
    }
  },
};

const TITLES = { compose: `Compose ${LEAST_COMPOSE.join('.')} or newer`, buildx: 'buildx' };

async function choosePackages(machine, missing) {
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

async function installFromFirst(suites, packages) {
  const [suite, ...others] = suites;
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
  const [major, minor] = stdout.replace(/^v/, '').split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_COMPOSE;
  return code === 0 && (major > leastMajor || (major === leastMajor && minor >= leastMinor));
}

async function hasBuildx() {
  return (await run('docker', ['buildx', 'version'])).code === 0;
}
