import { networkInterfaces } from 'node:os';
import { Storedog } from '../storedog.ts';
import { loadServer } from './server.ts';

const ENTRY = 'store-frontend/server.js';

/** Storedog with an entry that echoes; production runs `v1`, the branch `canary` has `v2`. */
export async function loadShop(drainSeconds: number): Promise<Storedog> {
  const shop = await Storedog.create();
  await shop.write(ENTRY, loadServer('v1'));
  await shop.write(
    'canary.yaml',
    [
      'version: 1',
      `services: { frontend: { entry: ${shop.port} } }`,
      'identity: [header:X-User-Id, cookie:session]',
      `drain: ${drainSeconds}s`,
      '',
    ].join('\n'),
  );
  await shop.git('commit', '--quiet', '--all', '-m', 'A server under load');
  await shop.git('branch', '--force', 'canary');
  await commitVersion(shop, 'v2');
  await shop.startProduction();
  return shop;
}

/** Commits another version to the canary branch. */
export function commitVersion(shop: Storedog, version: string): Promise<void> {
  return shop.commitOn('canary', ENTRY, loadServer(version));
}

/**
 * An address as users of other machines have it: the kernel routes such connections to the container, while a proxy
 * process of the engine accepts those to 127.0.0.1 even if no container listens.
 */
export function outerAddress(): string {
  const outer = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  return outer?.address ?? '127.0.0.1';
}
