import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Compose, composeCli } from '../../src/system/docker/compose.ts';
import { processRunner, type RunProcess } from '../../src/system/process.ts';

/** Put there by scripts/setup/oldest-compose.mjs where Debian's packages can be had. */
const PATH = fileURLToPath(new URL('../../.setup/oldest-compose/docker-compose', import.meta.url));

/** The oldest Compose that could be had beside the one in use: called by itself, not as a plugin. */
export function oldestCompose(): Compose | undefined {
  if (!existsSync(PATH)) return undefined;
  const run = processRunner({ PATH: process.env.PATH, HOME: process.env.HOME });
  const asPlugin: RunProcess = (_command, [_compose, ...args], options) => run(PATH, args, options);
  return composeCli(asPlugin);
}
