import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COMMANDS = new URL('../../../src/cli/commands/', import.meta.url);

/**
 * Loads what commands load when they need it. Reading a file takes real time, in which simulated time would fly: a
 * command would seem to hang, and no two runs would be the same.
 */
export async function preload(): Promise<void> {
  const paths = readdirSync(COMMANDS).flatMap((name) => {
    const text = readFileSync(new URL(name, COMMANDS), 'utf8');
    return [...text.matchAll(/import\('([^']+)'\)/g)].map(
      ([, path = '']) => new URL(path, new URL(name, COMMANDS)),
    );
  });
  paths.push(new URL('../../compose/model/definitions.ts', COMMANDS));
  paths.push(new URL('../../workflows/where-users.ts', COMMANDS));
  for (const path of new Set(paths.map((each) => fileURLToPath(each))))
    await import(/* @vite-ignore */ path);
}
