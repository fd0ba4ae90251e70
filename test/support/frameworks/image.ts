import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The image of every app: all frameworks with what they need. */
export const FRAMEWORKS_IMAGE = 'canary-test/frameworks';

const FOLDER = fileURLToPath(new URL('image', import.meta.url));
const LABEL = 'canary.test';
const ROOT = new URL('../../..', import.meta.url).pathname;

/** Builds the image unless it is there in this version; that takes two minutes. */
export async function frameworksImage(): Promise<void> {
  const version = await versionOf(FOLDER);
  const format = `{{index .Config.Labels "${LABEL}"}}`;
  const { stdout } = await execa(
    'docker',
    ['image', 'inspect', '--format', format, FRAMEWORKS_IMAGE],
    { reject: false },
  );
  if (stdout === version) return;
  const context = await mkdtemp(join(tmpdir(), 'canary-frameworks-'));
  try {
    await cp(FOLDER, context, { recursive: true });
    // Outside of the image, where npm is set up as the machine needs it.
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await execa('npm', ['ci', ...quiet], { cwd: context, stdin: 'ignore' });
    const chosen = await readFile(join(ROOT, '.setup/images.env'), 'utf8');
    const base = chosen.includes('canary-standin/')
      ? 'canary-standin/base:trixie'
      : 'debian:trixie-slim';
    const proxies = Object.keys(process.env).filter((each) => /^(https?|no)_proxy$/i.test(each));
    await execa(
      'docker',
      [
        ...['build', '--quiet', '--tag', FRAMEWORKS_IMAGE, '--label', `${LABEL}=${version}`],
        ...['--build-arg', `BASE=${base}`, ...proxies.flatMap((each) => ['--build-arg', each])],
        context,
      ],
      { stdin: 'ignore', env: { DOCKER_BUILDKIT: '1' } },
    );
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function versionOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort())
    hash.update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** The versions of packages of npm or Debian in the image. */
export async function versionsOf(packages: readonly string[]): Promise<string[]> {
  const script = packages
    .map(
      (name) =>
        `test -d /node_modules/${name} && node -p 'require("/node_modules/${name}/package.json").version' || dpkg-query -W -f '\${Version}\\n' ${name}`,
    )
    .join('\n');
  const { stdout } = await execa(
    'docker',
    ['run', '--rm', '--network', 'none', FRAMEWORKS_IMAGE, 'sh', '-c', script],
    { stdin: 'ignore' },
  );
  // Without what Debian adds.
  return stdout.split('\n').map((each) => each.replace(/^\d+:/, '').replace(/[+-].*$/, ''));
}
