import { randomBytes } from 'node:crypto';
import { compared } from '../../database/definition.ts';
import { tail } from '../../system/process.ts';
import type { ServerContainer, Watch } from '../server-kind.ts';
import { type Facts, factsOf, readFacts, usualSchema } from './catalogue.ts';
import { ask, askRows, client, type Flavour, flavourIn, NOTES, notRehearsed } from './client.ts';
import { namingIn } from './cursor.ts';
import { definitionOf } from './definition.ts';
import { type Imprint, imprintStatement, lossQuery, rowQueries } from './imprint.ts';
import { aligned, storiesOf } from './lineage.ts';
import {
  CAN_SAMPLE,
  SAMPLES,
  type Sample,
  STOP_SAMPLER,
  samplerStatements,
  startSampler,
} from './locks.ts';
import { doneIn, LOG, type LogEntry, logStatements } from './log.ts';
import { type Loss, observationOf } from './observation.ts';
import { type MysqlSnapshot, type MysqlTable, snapshotOf } from './snapshot.ts';

/** The rows of a table, given by its id. */
type RowCount = Pick<MysqlTable, 'id' | 'rows'>;

/** Logs every statement and samples the locks; keeps imprints of rows, to see which are lost at the end. */
export async function watchServer(copy: ServerContainer): Promise<Watch> {
  const { flavour, canSample } = await beginWith(copy);
  const salt = randomBytes(16).toString('hex');
  const facts = await readFacts(copy, flavour, salt);
  const naming = namingIn(usualSchema(copy, schemasIn(facts)));
  const define = (all: Facts) => definitionOf(copy, schemasIn(all), accountsIn(all), naming);
  const defined = await define(facts);
  const found = snapshotOf(facts, naming);
  const before = withRows(found, await askRows<RowCount>(copy, rowQueries(found.tables)));
  const imprints = before.tables
    .filter(({ rows }) => rows > 0)
    .map((of, index): Imprint => ({ of, place: `${NOTES}.t${index}` }));
  const [since = '0'] = await ask(
    copy,
    [
      `CREATE DATABASE ${NOTES};`,
      ...imprints.map((imprint) => `${imprintStatement(imprint)};`),
      samplerStatements(flavour),
      logStatements(flavour),
    ].join('\n'),
  );
  const sampler = canSample ? startSampler(copy) : undefined;
  return {
    end: async (serviceAt) => {
      const log = await askRows<LogEntry>(copy, `${STOP_SAMPLER}\n${LOG}`);
      await sampler;
      const samples = canSample ? await askRows<Sample>(copy, SAMPLES) : undefined;
      const locks = samples?.map((each) => ({ ...each, table: naming(each.db, each.name) }));
      const done = doneIn(log, naming);
      const stories = storiesOf(
        before.tables.map(({ name }) => name),
        done.flatMap(({ actions }) => actions),
      );
      const later = await readFacts(copy, flavour, salt);
      const definition = compared(defined, await define(later));
      const now = aligned(before, snapshotOf(later, naming), stories);
      const touched = now.tables.filter((table) => isTouched(table, before, Number(since)));
      const counted = await askRows<RowCount>(copy, rowQueries(touched));
      const after = withRows(now, [...before.tables, ...counted]);
      const losses = await lossesOf(copy, imprints, after, touched);
      return observationOf({ before, after, done, losses, locks, definition }, serviceAt);
    },
  };
}

function schemasIn({ all }: Facts): string[] {
  return factsOf(all, 'schema').map(({ name }) => name);
}

function accountsIn({ all }: Facts): string[] {
  return factsOf(all, 'account').map(({ name }) => name);
}

/** Finds out what kind of server it is. Removes what an unfinished watch has left. */
async function beginWith(copy: ServerContainer): Promise<{ flavour: Flavour; canSample: boolean }> {
  const { streams, signal } = copy;
  const { command, ...rest } = client(copy);
  // If locks cannot be looked at, the rest still can.
  const result = await streams.run(
    {
      ...rest,
      command: [...command, '--force'],
      input: `DROP DATABASE IF EXISTS ${NOTES};\nSELECT VERSION();${CAN_SAMPLE}`,
    },
    { signal },
  );
  const [version, canSample] = result.stdout.split('\n');
  if (!version) throw notRehearsed(tail(result.stderr));
  return { flavour: flavourIn(version), canSample: canSample === '1' };
}

function withRows({ tables, objects }: MysqlSnapshot, told: readonly RowCount[]): MysqlSnapshot {
  const rows = new Map(told.map(({ id, rows: count }) => [id, count]));
  return { objects, tables: tables.map((table) => ({ ...table, rows: rows.get(table.id) ?? 0 })) };
}

/** Whether a table may hold other rows than before; an untouched one is not read again. */
function isTouched(table: MysqlTable, before: MysqlSnapshot, since: number): boolean {
  const same = before.tables.find(({ id }) => id === table.id);
  const isKnown = table.updated > 0 && table.updated < since;
  return !isKnown || same === undefined || same.storage !== table.storage;
}

async function lossesOf(
  copy: ServerContainer,
  imprints: readonly Imprint[],
  after: MysqlSnapshot,
  touched: readonly MysqlTable[],
): Promise<Loss[]> {
  const ids = new Set(touched.map(({ id }) => id));
  const queries = imprints.flatMap((imprint) => {
    const now = after.tables.find(({ id }) => id === imprint.of.id);
    return now && ids.has(now.id) ? [`${lossQuery(imprint, now)};`] : [];
  });
  return askRows<Loss>(copy, queries.join('\n'));
}
