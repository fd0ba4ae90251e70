import type { HeldLock } from '../../database/observation.ts';
import { spansOf } from '../held-locks.ts';
import type { ServerContainer } from '../server-kind.ts';
import { changesRows } from './actions.ts';
import { client, type Flavour, NOTES, runIn } from './client.ts';
import type { Done } from './log.ts';

/** Seconds between two looks at the locks. */
const PAUSE = 0.05;

const MODES = ['EXCLUSIVE', 'SHARED_NO_READ_WRITE', 'SHARED_NO_WRITE', 'SHARED_READ_ONLY'];

/** Returns 1 if locks can be looked at; MariaDB needs a plugin that comes with it. */
export const CAN_SAMPLE = `
/*M!100400 INSTALL PLUGIN IF NOT EXISTS metadata_lock_info SONAME 'metadata_lock_info' */;
SELECT IF(VERSION() LIKE '%MariaDB%', (SELECT COUNT(*) FROM information_schema.plugins
  WHERE plugin_name = 'METADATA_LOCK_INFO' AND plugin_status = 'ACTIVE'), @@performance_schema);`;

/** Looks repeatedly, inside the server, at which sessions lock whole tables, until it is told to stop. */
export function startSampler(copy: ServerContainer): Promise<unknown> {
  const call = runIn(copy, { ...client(copy), input: `USE ${NOTES};\nCALL look();` });
  // A caller that waits for its end gets a failure.
  call.catch(() => undefined);
  return call;
}

export const STOP_SAMPLER = `INSERT INTO ${NOTES}.stop VALUES (1);`;

/** What the sampler has seen. */
export const SAMPLES = `SELECT JSON_OBJECT('look',look,'at',at,'thread',thread,'db',db,'name',name,'mode',mode,'text',text) FROM ${NOTES}.locks ORDER BY look;`;

export type Sample = Omit<LockSample, 'table'> & { db: string; name: string };

/** Creates what the sampler needs. */
export function samplerStatements(flavour: Flavour): string {
  return `
CREATE TABLE ${NOTES}.stop (n INT) ENGINE=InnoDB;
CREATE TABLE ${NOTES}.locks (look INT, at DOUBLE, thread BIGINT, db VARCHAR(64), name VARCHAR(64), mode VARCHAR(40), text LONGTEXT) ENGINE=InnoDB;
DELIMITER //
CREATE PROCEDURE ${NOTES}.look()
BEGIN
  DECLARE look INT DEFAULT 0;
  WHILE NOT EXISTS (SELECT 1 FROM ${NOTES}.stop) DO
    SET look = look + 1;
    INSERT INTO ${NOTES}.locks ${flavour === 'mariadb' ? OF_MARIADB : OF_MYSQL};
    DO SLEEP(${PAUSE});
  END WHILE;
END//
DELIMITER ;`;
}

const NOW = 'UNIX_TIMESTAMP(NOW(6)) * 1000';

const OF_MARIADB = `
  SELECT look, ${NOW}, l.thread_id, l.table_schema, l.table_name, l.lock_mode, LEFT(p.info, 4000)
  FROM information_schema.metadata_lock_info l
  LEFT JOIN information_schema.processlist p ON p.id = l.thread_id
  WHERE l.lock_type = 'Table metadata lock' AND l.table_schema <> '${NOTES}'
  AND l.lock_mode IN (${MODES.map((mode) => `'MDL_${mode}'`).join(',')})`;

const OF_MYSQL = `
  SELECT look, ${NOW}, t.processlist_id, l.object_schema, l.object_name, l.lock_type, LEFT(t.processlist_info, 4000)
  FROM performance_schema.metadata_locks l
  JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
  WHERE l.object_type = 'TABLE' AND l.lock_status = 'GRANTED' AND l.object_schema <> '${NOTES}'
  AND l.lock_type IN (${MODES.map((mode) => `'${mode}'`).join(',')})`;

/** A lock as it was seen at one look; looks are numbered. */
export interface LockSample {
  look: number;
  /** Milliseconds on the server's clock. */
  at: number;
  thread: number;
  table: string;
  mode: string;
  /** What its session was doing then. */
  text: string | null;
}

/** Modes in which others may still read. */
const READABLE = /SHARED_NO_WRITE|SHARED_READ_ONLY/;

interface Held extends Omit<HeldLock, 'statement' | 'service'> {
  thread: number;
  text: string | null;
}

/** Locks from the first look that saw them to the last: a lock seen at every look in between is one. */
export function heldLocks(samples: readonly LockSample[]): Held[] {
  const keyOf = ({ thread, table, mode }: LockSample) =>
    `${thread}\0${table}\0${READABLE.test(mode)}`;
  return spansOf(samples, keyOf, (last, next) => next.look <= last.look + 1).map(
    ({ first, last }) => ({
      table: first.table,
      thread: first.thread,
      text: first.text ?? last.text,
      blocks: READABLE.test(first.mode) ? 'writes' : 'reads and writes',
      ms: last.at - first.at,
    }),
  );
}

/** The statement that took a lock: the last one of its session that locks or changes the table. */
export function takerOf(
  { thread, table, text }: Held,
  done: readonly Done[],
): { address?: string | undefined; text?: string | undefined } {
  const own = done.filter((each) => each.thread === thread);
  const takers = own.filter(({ actions }) =>
    actions.some((each) => 'table' in each && each.table === table && !changesRows(each)),
  );
  const known = takers.find((each) => each.text === text) ?? takers.at(-1);
  return known ?? { address: own[0]?.address, text: text ?? undefined };
}

/** Replaces looks if the server cannot report locks: how long definitions took. */
export function locksByDuration(done: readonly Done[]) {
  return done.flatMap((by) =>
    by.actions.flatMap((action) =>
      action.do === 'alter'
        ? [{ table: action.table, blocks: 'writes' as const, ms: by.ms, by }]
        : [],
    ),
  );
}
