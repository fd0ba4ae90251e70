// Builds the stand-in images: a Debian root by debootstrap, then the Dockerfile beside this file.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianMirror, install } from '../setup/apt.mjs';
import { needRootOnDebian } from '../setup/machine.mjs';
import { must, mustPipe, run } from '../setup/process.mjs';

/**
 * @import { Machine } from '../setup/machine.mjs'
 * @import { Ground } from '../setup/steps.mjs'
 */

export const STANDIN_LABEL = 'canary.standin';
export const STANDINS = {
  CANARY_PROXY_IMAGE: 'canary-standin/haproxy:3.0',
  NODE_IMAGE: 'canary-standin/node:20',
  POSTGRES_IMAGE: 'canary-standin/postgres:17',
  PYTHON_IMAGE: 'canary-standin/python:3',
};

const BASE = 'canary-standin/base:trixie';
const SUITE = 'trixie';
const TARGETS = {
  haproxy: STANDINS.CANARY_PROXY_IMAGE,
  node: STANDINS.NODE_IMAGE,
  postgres: STANDINS.POSTGRES_IMAGE,
  python: STANDINS.PYTHON_IMAGE,
};
const HERE = fileURLToPath(new URL('.', import.meta.url));
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const CA_FOLDER = '/usr/local/share/ca-certificates';
// How this machine reaches its package mirror holds for the images as well.
const APT_SETTINGS = [
  'Acquire::Check-Valid-Until',
  'Acquire::Check-Date',
  'Acquire::http::Proxy',
  'Acquire::https::Proxy',
];
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);
const LEFT_OUT = [
  './dev/*',
  './proc/*',
  './sys/*',
  './usr/share/info/*',
  './usr/share/locale/*',
  './usr/share/man/*',
  './var/cache/apt/*',
  './var/lib/apt/lists/*',
  './var/log/*',
];

/** A hash of everything in this folder: images of another version are built anew. */
export function standinsVersion() {
  const hash = createHash('sha256');
  for (const name of readdirSync(HERE).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(HERE, name)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Builds what is missing or of another version.
 *
 * @param {Pick<Ground, 'machine' | 'say'>} ground
 */
export async function buildStandins({ machine, say }) {
  needRootOnDebian(
    machine,
    'No image registry answers, and the stand-in images are missing.',
    'Make the registry reachable, or load node:20-slim, python:3.12, postgres:17 and haproxy:3.0.',
  );
  say('building stand-in images from the packages of Debian 13 (about a minute, 0.6 GB on disk)');
  const version = standinsVersion();
  const names = [BASE, ...Object.values(TARGETS)];
  const before = await Promise.all(names.map(idOf));
  if ((await labelOf(BASE)) !== version) {
    await provideDebootstrap(machine, say);
    await buildBase(machine, version);
  }
  // All builds end before the first failure is told, so that none is left running.
  const builds = Object.entries(TARGETS).map(([target, tag]) => buildImage(target, tag, version));
  const failed = (await Promise.allSettled(builds)).find((each) => each.status === 'rejected');
  if (failed?.status === 'rejected') {
    throw failed.reason;
  }
  const after = await Promise.all(names.map(idOf));
  const replaced = before.filter((id) => id !== undefined).filter((id) => !after.includes(id));
  if (replaced.length > 0) {
    // Without a name they would only fill the disk; one that a container uses stays.
    await run('docker', ['image', 'rm', ...replaced]);
  }
}

/** @param {string} image */
async function idOf(image) {
  const { code, stdout } = await run('docker', ['image', 'inspect', '-f', '{{.Id}}', image]);
  return code === 0 ? stdout : undefined;
}

/** @param {string} image */
async function labelOf(image) {
  const { code, stdout } = await run('docker', ['image', 'inspect', image]);
  return code === 0 ? JSON.parse(stdout)[0].Config.Labels?.[STANDIN_LABEL] : undefined;
}

/**
 * @param {Machine} machine
 * @param {Ground['say']} say
 */
async function provideDebootstrap(machine, say) {
  const present = (await run('debootstrap', ['--version'])).code === 0;
  const packages = [
    ...(present ? [] : ['debootstrap']),
    ...(existsSync(KEYRING) ? [] : ['debian-archive-keyring']),
  ];
  if (packages.length > 0) {
    say(`installing ${packages.join(', ')} from the packages of ${machine.name}`);
    await install(packages, machine);
  }
}

/**
 * @param {Machine} machine
 * @param {string} version
 */
async function buildBase(machine, version) {
  const folder = mkdtempSync(join(tmpdir(), 'canary-base-'));
  const root = join(folder, 'root');
  try {
    const mirror = machine.distribution === 'debian' ? debianMirror() : undefined;
    // In a mount namespace of its own: whatever debootstrap mounts is gone when it ends.
    await must(
      'unshare',
      [
        '--mount',
        'debootstrap',
        '--variant=minbase',
        '--include=ca-certificates',
        `--keyring=${KEYRING}`,
        SUITE,
        root,
        ...(mirror ? [mirror] : []),
      ],
      { failure: `debootstrap could not make a root of Debian ${SUITE}.` },
    );
    await adaptRoot(root);
    const exclude = LEFT_OUT.map((path) => `--exclude=${path}`);
    await mustPipe(
      ['tar', ['--numeric-owner', ...exclude, '-C', root, '-c', '.']],
      [
        'docker',
        [
          'import',
          '--change',
          `LABEL ${STANDIN_LABEL}=${version}`,
          '--change',
          'CMD ["bash"]',
          '-',
          BASE,
        ],
      ],
      { failure: `The base image ${BASE} could not be imported.` },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} root */
async function adaptRoot(root) {
  if (existsSync(CA_FOLDER)) {
    const target = join(root, CA_FOLDER);
    mkdirSync(target, { recursive: true });
    cpSync(CA_FOLDER, target, { recursive: true, dereference: true });
  }
  if (existsSync(CA_BUNDLE)) {
    copyFileSync(CA_BUNDLE, join(root, CA_BUNDLE));
  }
  const { stdout } = await run('apt-config', ['dump', ...APT_SETTINGS]);
  writeFileSync(
    join(root, 'etc/apt/apt.conf.d/90-as-on-the-host'),
    `${stdout}\nAcquire::Languages "none";\n`,
  );
  writeFileSync(
    join(root, 'etc/dpkg/dpkg.cfg.d/small'),
    ['man', 'locale', 'info'].map((name) => `path-exclude /usr/share/${name}/*\n`).join(''),
  );
}

/**
 * @param {string} target
 * @param {string} tag
 * @param {string} version
 */
async function buildImage(target, tag, version) {
  const proxies = PROXY_VARIABLES.filter((name) => process.env[name]);
  await must(
    'docker',
    [
      'build',
      '--quiet',
      '--pull=false',
      '--target',
      target,
      '--tag',
      tag,
      '--label',
      `${STANDIN_LABEL}=${version}`,
      // Only the name: the value comes from the environment, not from the command line.
      ...proxies.flatMap((name) => ['--build-arg', name]),
      HERE,
    ],
    { env: { DOCKER_BUILDKIT: '1' }, failure: `The stand-in image ${tag} could not be built.` },
  );
}
