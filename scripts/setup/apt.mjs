// Debian's packages, without questions and without changing the system's sources.
import {
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
import { lastLines, must, run, SetupError } from './process.mjs';

/** @import { Machine } from './machine.mjs' */

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
// Waits for another apt on this machine. Without systemd, RUNLEVEL=1 keeps a package from
// starting its service by itself: setup starts the engine, so that it can also stop it.
const LOCK = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * Installs packages from the system's own sources.
 * @param {readonly string[]} packages
 * @param {Pick<Machine, 'systemd'>} machine
 */
export async function install(packages, { systemd }) {
  let refreshed = false;
  const refresh = async () => {
    await must('apt-get', [...LOCK, 'update', '-q'], {
      env: aptEnvironment(),
      failure: "apt-get could not read the package lists of this machine's sources.",
      hint: 'Look at /etc/apt/sources.list and /etc/apt/sources.list.d, and at the network.',
    });
    refreshed = true;
  };
  for (const name of packages) {
    if (!refreshed && !(await hasCandidate(name))) {
      await refresh();
    }
  }
  const args = [...LOCK, 'install', '-y', '-q', '--no-install-recommends'];
  const env = { ...aptEnvironment(), ...(systemd ? {} : { RUNLEVEL: '1' }) };
  const attempt = () =>
    run('apt-get', [...args, '-o', 'Dpkg::Options::=--force-confold', ...packages], { env });
  let result = await attempt();
  if (result.code !== 0 && !refreshed) {
    await refresh();
    result = await attempt();
  }
  if (result.code !== 0) {
    throw new SetupError(`apt-get could not install ${packages.join(', ')}.`, {
      output: lastLines(result.output),
    });
  }
}

/**
 * Whether the package lists in place offer this package.
 * @param {string} name
 */
export async function hasCandidate(name) {
  const { stdout } = await run('apt-cache', ['policy', name], { env: { LC_ALL: 'C' } });
  return /Candidate: (?!\(none\))/.test(stdout);
}

/** @param {string} name */
export async function isInstalled(name) {
  const { stdout } = await run('dpkg', ['--status', name], { env: { LC_ALL: 'C' } });
  return /^Status: install ok installed$/m.test(stdout);
}

/**
 * Installs packages of another Debian suite; the system keeps its sources and never learns of that
 * suite.
 * @param {readonly string[]} packages
 * @param {string} suite
 */
export async function installFromSuite(packages, suite) {
  const folder = mkdtempSync(join(tmpdir(), 'canary-apt-'));
  try {
    const files = await downloadFromSuite(packages, suite, folder);
    await must('dpkg', ['--force-confold', '-i', ...files], {
      env: aptEnvironment(),
      failure: `dpkg could not install ${packages.join(', ')} from Debian ${suite}.`,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Downloads packages of another Debian suite; lists, sources and packages are only in this folder.
 * Returns their paths.
 * @param {readonly string[]} packages
 * @param {string} suite
 * @param {string} folder
 */
export async function downloadFromSuite(packages, suite, folder) {
  for (const name of ['parts', 'lists/partial', 'debs']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const signed = existsSync(KEYRING) ? ` [signed-by=${KEYRING}]` : '';
  const mirror = debianMirror();
  if (mirror === undefined) {
    throw new SetupError(
      'The sources of apt name no Debian mirror to take packages of other versions from.',
      {
        hint: 'Install Docker Compose 2.24 or newer and buildx yourself, then run this again.',
        exitCode: 2,
      },
    );
  }
  writeFileSync(join(folder, 'sources.list'), `deb${signed} ${mirror} ${suite} main\n`);
  const own = Object.entries({
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'parts'),
    'Dir::Etc::preferences': join(folder, 'none'),
    'Dir::Etc::preferencesparts': join(folder, 'parts'),
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    // Root owns the folder, and apt warns when its own user cannot write there.
    'APT::Sandbox::User': 'root',
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const env = aptEnvironment();
  const wanted = packages.map((name) => `${name}/${suite}`);
  await must('apt-get', [...own, 'update', '-q'], {
    env,
    failure: `The package list of Debian ${suite} could not be read.`,
  });
  await must('apt-get', [...own, '-q', 'download', ...wanted], {
    env,
    cwd: join(folder, 'debs'),
    failure: `${packages.join(', ')} could not be downloaded from Debian ${suite}.`,
  });
  return readdirSync(join(folder, 'debs')).map((name) => join(folder, 'debs', name));
}

/** The Debian mirror in the machine's own sources, if there is one. */
export function debianMirror(folder = '/etc/apt') {
  const parts = join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [join(folder, 'sources.list'), ...names.map((name) => join(parts, name))];
  const sources = files.filter(existsSync).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.sources')) {
      return parseDeb822(text);
    }
    return file.endsWith('.list') ? parseOneLine(text) : [];
  });
  for (const { uri, suite, components } of sources) {
    const mirror = resolveMirrorList(uri);
    if (mirror && isDebianArchive(mirror, suite) && components.includes('main')) {
      return mirror.replace(/\/+$/, '');
    }
  }
  return undefined;
}

/** @param {string} text */
function parseOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, rest] =
      line.replace(/#.*/, '').match(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)/) ?? [];
    if (uri === undefined || suite === undefined) return [];
    return [{ uri, suite, components: (rest ?? '').trim().split(/\s+/) }];
  });
}

/** @param {string} text */
function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split('\n').filter((line) => !line.startsWith('#'));
    /** @type {Map<string, string[]>} */
    const fields = new Map();
    for (const [, key = '', value = ''] of lines
      .join('\n')
      .matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
      fields.set(key.toLowerCase(), value.trim().split(/\s+/));
    }
    /**
     * @param {string} key
     * @param {string} value
     */
    const has = (key, value) => (fields.get(key) ?? []).includes(value);
    if (!has('types', 'deb') || has('enabled', 'no')) {
      return [];
    }
    return (fields.get('uris') ?? []).flatMap((uri) =>
      (fields.get('suites') ?? []).map((suite) => ({
        uri,
        suite,
        components: fields.get('components') ?? [],
      })),
    );
  });
}

/**
 * Debian's cloud images keep their mirrors in a separate file: mirror+file:/etc/apt/mirrors/...
 * @param {string} uri
 */
function resolveMirrorList(uri) {
  const list = uri.match(/^mirror\+file:(?:\/\/)?(\/.+)$/)?.[1];
  const text = list ? (existsSync(list) ? readFileSync(list, 'utf8') : '') : uri;
  return text.match(/https?:\/\/\S+/)?.[0];
}

/**
 * Only the main archive has the other suites: not security, backports, Ubuntu or a vendor's own.
 * @param {string} uri
 * @param {string} suite
 */
function isDebianArchive(uri, suite) {
  const names = ['bookworm', 'trixie', 'forky', 'sid', 'stable', 'testing', 'unstable'];
  return names.includes(suite) && /debian/.test(uri) && !/security|ubuntu|docker/.test(uri);
}

function aptEnvironment() {
  return { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l', LC_ALL: 'C.UTF-8' };
}
