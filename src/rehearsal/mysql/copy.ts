import {
  type Account,
  accountQueries,
  accountStatements,
  dropStatements,
  isCopied,
} from '../../database/mysql/accounts.ts';
import { quoted } from '../../database/mysql/rows.ts';
import { hasCode } from '../../errors.ts';
import type { CopyJob, Place } from '../server.ts';
import { type Flavour, flavourOf, schemasOf } from './facts.ts';
import { ask, askFacts, client, dumpProgram, notRehearsed, runIn, untilOpen } from './programs.ts';

/** Makes the copy hold the original's databases and accounts, whatever its image made on its first start. */
export async function copyServer(job: CopyJob): Promise<void> {
  const { original, copy } = job;
  const flavour = await flavourOf(original);
  const schemas = await schemasOf(original);
  const accounts = (await accountsOf(original, flavour)).filter(isCopied);
  // Hashes of passwords are in these: they go from one server to the other and nowhere else.
  const asSession = flavour === 'mysql' ? 'SET SESSION print_identified_with_as_hex=1;\n' : '';
  const shown = await ask(original, asSession + accounts.map(accountQueries).join('\n'));
  const { make, grant } = accountStatements(accounts, shown);

  await job.start();
  await runIn(copy, untilOpen(copy));
  const { packet } = await prepare(copy, flavour);
  await ask(copy, make.join('\n'));
  await pipeRows(job, schemas);
  await ask(copy, `${grant.join('\n')}\nSET GLOBAL max_allowed_packet=${packet};`);
}

async function accountsOf(place: Place, flavour: Flavour): Promise<Account[]> {
  const role = flavour === 'mariadb' ? "IF(is_role='Y',1,0)" : '0';
  const rows = await askFacts<Omit<Account, 'isRole'> & { isRole: number }>(
    place,
    `SELECT JSON_OBJECT('user',user,'host',host,'isRole',${role}) FROM mysql.user;`,
  );
  return rows.map((row) => ({ ...row, isRole: row.isRole === 1 }));
}

/** Takes away what the image's first start has made, and what a copy needs not: it may be lost at any time. */
async function prepare(copy: Place, flavour: Flavour): Promise<{ packet: number }> {
  const [settings] = await askFacts<{ packet: number; events: string }>(
    copy,
    "SELECT JSON_OBJECT('packet',@@max_allowed_packet,'events',@@event_scheduler);",
  );
  const schemas = await schemasOf(copy);
  const accounts = (await accountsOf(copy, flavour)).filter(isCopied);
  await ask(
    copy,
    [
      // Rows in hexadecimal are twice as long.
      'SET GLOBAL max_allowed_packet=1073741824;',
      'SET GLOBAL innodb_flush_log_at_trx_commit=0;',
      'SET GLOBAL sync_binlog=0;',
      // What runs by the clock would look like the canary's doing.
      ...(settings?.events === 'ON' ? ['SET GLOBAL event_scheduler=OFF;'] : []),
      ...schemas.map((schema) => `DROP DATABASE ${quoted(schema)};`),
      ...dropStatements(accounts),
    ].join('\n'),
  );
  return { packet: settings?.packet ?? 16_777_216 };
}

async function pipeRows(job: CopyJob, schemas: readonly string[]): Promise<void> {
  if (schemas.length === 0) return;
  const { original, copy, data, sample, onBytes } = job;
  const dump = dumpProgram(original.container, [
    ...['--routines', '--events'],
    ...(data === 'schema' ? ['--no-data'] : []),
    ...(data === 'sample' ? [`--where=1 LIMIT ${sample}`] : []),
    '--databases',
    '--',
    ...schemas,
  ]);
  try {
    await original.streams.pipe(dump, client(copy), { signal: original.signal, onBytes });
  } catch (error) {
    // The words of a client that failed can hold rows.
    throw hasCode(error, 'command-failed') ? notRehearsed(error.details) : error;
  }
}
