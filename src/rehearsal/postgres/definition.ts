import {
  addPart,
  type ComparedDefinition,
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

/**
 * The two as compared; what could not be told before or after is not compared. Databases that are
 * not `lasting` are new or gone as a whole, which their tables and they themselves tell.
 */
export function compared(
  before: Definition | string,
  after: Definition | string,
  lasting: readonly string[],
): ComparedDefinition {
  if (typeof before === 'string') return { problem: before };
  if (typeof after === 'string') return { problem: after };
  const kept = new Set(['', ...lasting]);
  const lastingIn = (all: Definition) =>
    new Map([...all].filter(([key]) => kept.has(outermost(key))));
  return { before: lastingIn(before), after: lastingIn(after) };
}

async function printedBy(server: ServerContainer, command: readonly string[]) {
  const { streams, signal } = server;
  const printed = await streams.run(await program(server, command), { signal });
  const { exitCode, stdout: text, stderr } = printed;
  const problem = exitCode === 0 ? undefined : (tail(stderr, 1)[0] ?? `${command[0]} failed`);
  return { text, problem };
}
