import {
  addPart,
  type Definition,
  type DefinitionPart,
  outermost,
  partKey,
} from '../../database/definition.ts';
import { tail } from '../../system/process.ts';
import type { ServerContainer } from '../server-kind.ts';
import { conninfo, program } from './client.ts';
import { partsOfDump, partsOfGlobals } from './dump-parts.ts';

/** Comments change nothing. Passwords are compared elsewhere: `globals.ts`. */
const GLOBALS = ['pg_dumpall', '--globals-only', '--no-role-passwords', '--no-comments'];
const DATABASE = [
  'pg_dump',
  '--schema-only',
  '--create',
  '--no-comments',
  '--lock-wait-timeout=30000',
];

/** The complete definition of a server and these databases; a text if the server's tools cannot tell it. */
export async function definitionOf(
  server: ServerContainer,
  databases: readonly string[],
): Promise<Definition | string> {
  const definition = new Map<string, DefinitionPart>();
  const printed = await Promise.all([
    printedBy(server, [...GLOBALS, '--no-password']),
    ...databases.map((each) =>
      printedBy(server, [...DATABASE, '--no-password', `--dbname=${conninfo(each)}`]),
    ),
  ]);
  for (const [at, { problem, text }] of printed.entries()) {
    if (problem !== undefined) return problem;
    const database = databases[at - 1];
    const parts = database === undefined ? partsOfGlobals(text) : partsOfDump(text, database);
    for (const { key, name, text: part } of parts)
      addPart(definition, partKey(...key), { name, text: part });
  }
  return definition;
}

/** Without databases that are not `lasting`: they are new or gone as a whole, which they and their tables tell. */
export function lastingIn(
  definition: Definition | string,
  lasting: readonly string[],
): Definition | string {
  if (typeof definition === 'string') return definition;
  const kept = new Set(['', ...lasting]);
  return new Map([...definition].filter(([key]) => kept.has(outermost(key))));
}

async function printedBy(server: ServerContainer, command: readonly string[]) {
  const { streams, signal } = server;
  const printed = await streams.run(await program(server, command), { signal });
  const { exitCode, stdout: text, stderr } = printed;
  const problem = exitCode === 0 ? undefined : (tail(stderr, 1)[0] ?? `${command[0]} failed`);
  return { text, problem };
}
