import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';

/** The proxy's image: from the environment, or as found or built by the set-up. */
export async function proxyImage(): Promise<string> {
  const named = process.env.CANARY_PROXY_IMAGE;
  if (named) return named;
  const image = parseEnv(await setUpFile()).CANARY_PROXY_IMAGE;
  if (!image) throw new Error('No proxy image: run the set-up (`node scripts/setup.mjs`) first.');
  return image;
}

/** The images found or built by the set-up, as an environment file. */
export function setUpFile(): Promise<string> {
  return readFile(new URL('../../.setup/images.env', import.meta.url), 'utf8');
}

/** The maps that a configuration names must exist. */
const CHECK =
  'touch /run/canary/weights.map /run/canary/users.map && exec haproxy -c -f /dev/stdin';

/** HAProxy's check of a configuration, with its message if it rejects it. `folders` are mounted, as `source:target`. */
export async function haproxyCheck(
  configuration: string,
  folders: readonly string[] = [],
): Promise<string> {
  const args = [
    'run',
    '--rm',
    '--interactive',
    '--network',
    'none',
    '--tmpfs',
    '/run/canary:mode=777',
    ...folders.flatMap((each) => ['--volume', each]),
    await proxyImage(),
  ];
  return new Promise((resolve) => {
    const child = execFile('docker', [...args, 'sh', '-c', CHECK], (error, stdout, stderr) =>
      resolve(error ? `${stdout}${stderr}` : 'valid'),
    );
    child.stdin?.end(configuration);
  });
}

/**
 * The words of each configuration as HAProxy parses them, line by line, from one run for all. Their validity is checked
 * by `haproxyCheck`, not here.
 */
export async function haproxyLines(configurations: readonly string[]): Promise<string[][]> {
  const between = 'the-next-one';
  const [text = ''] = await forEach(
    [configurations.join(`\n${between}\n`)],
    'haproxy -dC -f "$file" 2>/dev/null',
  );
  const parts = text.split(new RegExp(`^\\s*${between}\\s*$`, 'm'));
  return parts.map((part) => part.split('\n').filter((line) => line.trim()));
}

/** HAProxy's check of each configuration, in one container for all: `valid`, or its message. */
export async function haproxyCheckAll(configurations: readonly string[]): Promise<string[]> {
  const command = 'haproxy -c -f "$file" >/tmp/words 2>&1 && echo valid || cat /tmp/words';
  return (await forEach(configurations, command)).map((text) => text.trim());
}

/** The output of a shell command for each `$file`. */
async function forEach(texts: readonly string[], command: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'canary-cases-'));
  try {
    for (const [index, text] of texts.entries())
      await writeFile(join(folder, String(index).padStart(6, '0')), text);
    const mounts = ['--tmpfs', '/run/canary:mode=777', '--volume', `${folder}:/cases:ro`];
    const maps = 'touch /run/canary/weights.map /run/canary/users.map';
    const script = `${maps}; for file in /cases/*; do ${command}; echo '==='; done`;
    const args = ['run', '--rm', '--network', 'none', ...mounts, await proxyImage()];
    const { stdout } = await promisify(execFile)('docker', [...args, 'sh', '-c', script], {
      maxBuffer: 1 << 28,
    });
    return stdout.split(/^===$/m).slice(0, texts.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
