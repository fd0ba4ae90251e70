import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Compose, composeCli } from '../../src/system/docker/compose.ts';
import { wayThrough } from '../../src/system/docker/door/engine-way.ts';
import { findEngine } from '../../src/system/docker/door/place.ts';
import { processRunner, type RunProcess } from '../../src/system/process.ts';

/** Installed by scripts/setup/oldest-compose.mjs if Debian's packages are available. */
export const OLDEST_COMPOSE_PATH = fileURLToPath(
  new URL('../../.setup/oldest-compose/docker-compose', import.meta.url),
);

/** The oldest Compose available beside the one in use; called directly, not as a plugin. */
export function oldestCompose(): Compose | undefined {
  if (!existsSync(OLDEST_COMPOSE_PATH)) return undefined;
  const run = processRunner({ PATH: process.env.PATH, HOME: process.env.HOME });
  const asPlugin: RunProcess = (_command, [_compose, ...args], options) =>
    run(OLDEST_COMPOSE_PATH, args, options);
  return composeCli(
    asPlugin,
    wayThrough(() => findEngine(run, process.env)),
  );
}
