import { execa } from 'execa';
import { type Storedog, until } from '../../test/support/storedog.ts';

const LOGIN = ['--username=storedog'];
/** The image fills the database in its settings, so the dump goes into this one. */
const EMPTY = 'empty';
/** As users type it: without canary in between. */
const PIPE = `docker exec "$1" pg_dump ${LOGIN.join(' ')} storedog |
  docker exec --interactive "$2" psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --output=/dev/null ${LOGIN.join(' ')} ${EMPTY}`;

/** Seconds that `pg_dump | psql` of the shop's database takes, into a server of the same image that is ready. */
export async function dumpAndRestore(shop: Storedog): Promise<number> {
  const original = (await shop.compose('ps', '--quiet', 'db')).trim();
  const image = await docker('inspect', '--format', '{{.Image}}', original);
  const label = `com.docker.compose.project=${shop.project}`;
  const names = ['--env', 'POSTGRES_USER=storedog', '--env', 'POSTGRES_DB=storedog'];
  const trust = ['--env', 'POSTGRES_HOST_AUTH_METHOD=trust'];
  const target = await docker('run', '--detach', '--label', label, ...names, ...trust, image);
  try {
    await until('the server for the dump is ready', async () => {
      const ready = ['exec', target, 'pg_isready', '--host=127.0.0.1', ...LOGIN];
      return (await execa('docker', ready, { reject: false })).exitCode === 0;
    });
    await docker('exec', target, 'createdb', ...LOGIN, '--template=template0', EMPTY);
    const began = performance.now();
    await execa('bash', ['-o', 'pipefail', '-c', PIPE, 'bash', original, target]);
    return (performance.now() - began) / 1000;
  } finally {
    await docker('rm', '--force', '--volumes', target);
  }
}

async function docker(...args: string[]): Promise<string> {
  return (await execa('docker', args, { stdin: 'ignore' })).stdout.trim();
}
