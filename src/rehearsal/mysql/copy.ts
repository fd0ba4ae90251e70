import { hasCode } from '../../errors.ts';
import type { CopyJob, ServerContainer } from '../server-kind.ts';
import {
  type Account,
  accountQueries,
  accountStatements,
  dropStatements,
  isCopied,
} from './accounts.ts';
import { schemasOf } from './catalogue.ts';
import {
  ask,
  askRows,
  client,
  type Flavour,
  flavourIn,
  inShell,
  notRehearsed,
  quoted,
  runIn,
} from './client.ts';
import { dumpProgram } from './dump.ts';

/** Waits inside until the server accepts others: while an image prepares its data, it serves only its own socket. */
const UNTIL_OPEN = `
for attempt in $(seq 1500); do
  [ "$(client --batch --skip-column-names --execute='SELECT @@skip_networking' 2>/dev/null)" = 0 ] && exit
  sleep 0.2
done
exit 1`;

/** Makes the copy hold the original's databases and accounts, whatever its image created on its first start. */
export async function copyServer(job: CopyJob): Promise<void> {
  const { original, copy } = job;
  const [version = ''] = await ask(original, 'SELECT VERSION();');
  const flavour = flavourIn(version);
  const schemas = await schemasOf(original);
  const accounts = (await accountsOf(original, flavour)).filter(isCopied);
  // These contain password hashes: they go from one server to the other and nowhere else.
  const asSession = flavour === 'mysql' ? 'SET SESSION print_identified_with_as_hex=1;\n' : '';
  const shown = await ask(original, asSession + accounts.map(accountQueries).join('\n'));
  const { make, grant } = accountStatements(accounts, shown);

  await job.start();
  await runIn(copy, inShell(copy.container, UNTIL_OPEN));
  const packet = await prepare(copy, flavour);
  await ask(copy, make.join('\n'));
  await pipeRows(job, schemas);
  await ask(copy, `${grant.join('\n')}\nSET GLOBAL max_allowed_packet=${packet};`);
}

async function accountsOf(server: ServerContainer, flavour: Flavour): Promise<Account[]> {
  const role = flavour === 'mariadb' ? "IF(is_role='Y',1,0)" : '0';
  const rows = await askRows<Omit<Account, 'isRole'> & { isRole: number }>(
    server,
    `SELECT JSON_OBJECT('user',user,'host',host,'isRole',${role}) FROM mysql.user;`,
  );
  return rows.map((row) => ({ ...row, isRole: row.isRole === 1 }));
}

/**
 * Removes what the image's first start created, and switches off what a copy does not need: it may be lost at any
 * time. Returns the largest packet that its settings allow.
 */
async function prepare(copy: ServerContainer, flavour: Flavour): Promise<number> {
  const [settings] = await askRows<{ packet: number; events: string }>(
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
      // Scheduled events would look like changes by the canary.
      ...(settings?.events === 'ON' ? ['SET GLOBAL event_scheduler=OFF;'] : []),
      ...schemas.map((schema) => `DROP DATABASE ${quoted(schema)};`),
      ...dropStatements(accounts),
    ].join('\n'),
  );
  return settings?.packet ?? 16_777_216;
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
    // The message of a failed client can contain rows.
    throw hasCode(error, 'command-failed') ? notRehearsed(error.details) : error;
  }
}
