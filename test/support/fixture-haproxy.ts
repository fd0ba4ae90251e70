import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

/** The proxy's image: named by the environment, or by what the set-up found or built. */
export async function proxyImage(): Promise<string> {
  const named = process.env.CANARY_PROXY_IMAGE;
  if (named) return named;
  const image = parseEnv(await setUpFile()).CANARY_PROXY_IMAGE;
  if (!image) throw new Error('No proxy image: run the set-up (`node scripts/setup.mjs`) first.');
  return image;
}

/** The images that the set-up found or built, as an environment file. */
export function setUpFile(): Promise<string> {
  return readFile(new URL('../../.setup/images.env', import.meta.url), 'utf8');
}

/** The maps that a configuration names have to be there. */
const CHECK =
  'touch /run/canary/weights.map /run/canary/users.map && exec haproxy -c -f /dev/stdin';

/** HAProxy's own judgement of a configuration; its words where it refuses. `folders` are mounted, as `source:target`. */
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
