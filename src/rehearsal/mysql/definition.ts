import {
  addPart,
  type Definition,
  type DefinitionPart,
  partKey,
} from '../../database/definition.ts';
import { tail } from '../../system/process.ts';
import type { ServerContainer } from '../server-kind.ts';
import { ask, literal } from './client.ts';
import type { Naming } from './cursor.ts';
import { dumpProgram } from './dump.ts';
import { partsOfDump } from './dump-parts.ts';

const OPTIONS = ['--no-data', '--routines', '--events', '--skip-add-drop-table', '--skip-comments'];

/**
 * The complete definition of a server: what its dump program prints of these databases, and the
 * rights of these accounts. A text if the server's tools cannot tell it.
 */
export async function definitionOf(
  server: ServerContainer,
  schemas: readonly string[],
  accounts: readonly string[],
  naming: Naming,
): Promise<Definition | string> {
  const definition = new Map<string, DefinitionPart>();
  if (schemas.length > 0) {
    const program = dumpProgram(server.container, [...OPTIONS, '--databases', '--', ...schemas]);
    const { exitCode, stdout, stderr } = await server.streams.run(program, {
      signal: server.signal,
    });
    if (exitCode !== 0) return tail(stderr, 1)[0] ?? 'the dump program failed';
    for (const { key, name, text } of partsOfDump(stdout, naming))
      addPart(definition, partKey(...key), { name, text });
  }
  const queries = accounts.map(
    // A role of MariaDB has no host.
    (each) => `SELECT ${literal(MARK + each)};\nSHOW GRANTS FOR ${each.replace(/@''$/, '')};`,
  );
  let account = '';
  for (const line of await ask(server, queries.join('\n'))) {
    if (line.startsWith(MARK)) account = line.slice(MARK.length);
    else addPart(definition, grantKey(account, line), { name: account, text: withoutSecret(line) });
  }
  return definition;
}

/** Precedes the rights of the next account. */
const MARK = 'canary account ';

/** The part of a line of `SHOW GRANTS`: by what the right is on. */
function grantKey(account: string, line: string): string {
  const [, on] = / ON (?:PROCEDURE |FUNCTION |TABLE )?(\S+) TO /.exec(line) ?? [];
  const [, role] = /^GRANT `?([^`\s]+)`?(?:@`[^`]*`)? TO /.exec(line) ?? [];
  const of = on === undefined ? `role ${role ?? line}` : on.replaceAll('`', '');
  return partKey('account', account, of);
}

/** Without what an account logs in with, hashed or not. */
function withoutSecret(line: string): string {
  return line.replace(/ IDENTIFIED .*?(?= REQUIRE| WITH |$)/, '');
}
