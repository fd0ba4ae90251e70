import type { Naming } from '../../../database/mysql-cursor.ts';
import type { LockSample } from '../../../database/mysql-locks.ts';
import type { Place } from '../server.ts';
import type { Flavour } from './facts.ts';
import { ask, askFacts, client, runIn } from './programs.ts';
import { NOTES } from './schemas.ts';

/** Seconds between two looks at the locks. */
const PAUSE = 0.05;

const MODES = ['EXCLUSIVE', 'SHARED_NO_READ_WRITE', 'SHARED_NO_WRITE', 'SHARED_READ_ONLY'];

/** Looks at who holds locks on whole tables, again and again, inside of the server. */
export interface Sampler {
  /** All that was seen; `undefined` where the server cannot tell. */
  end(naming: Naming): Promise<LockSample[] | undefined>;
}

export async function startSampler(copy: Place, flavour: Flavour): Promise<Sampler> {
  if (!(await canSample(copy, flavour))) return { end: async () => undefined };
  await ask(copy, procedure(flavour));
  const call = runIn(copy, client(copy), `USE ${NOTES};\nCALL look();`);
  // Whoever waits for its end hears of a failure.
  call.catch(() => undefined);
  return {
    end: async (naming) => {
      await ask(copy, `INSERT INTO ${NOTES}.stop VALUES (1);`);
      await call;
      return samples(copy, naming);
    },
  };
}

/** MariaDB tells by a plugin that comes with it. */
async function canSample(copy: Place, flavour: Flavour): Promise<boolean> {
  const sign =
    flavour === 'mariadb'
      ? "SELECT COUNT(*) FROM information_schema.plugins WHERE plugin_name='METADATA_LOCK_INFO' AND plugin_status='ACTIVE';"
      : 'SELECT @@performance_schema;';
  if (flavour === 'mariadb' && (await ask(copy, sign))[0] !== '1') {
    const { streams, signal } = copy;
    await streams.run(client(copy), { input: "INSTALL SONAME 'metadata_lock_info';", signal });
  }
  return (await ask(copy, sign))[0] === '1';
}

function procedure(flavour: Flavour): string {
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

async function samples(copy: Place, naming: Naming): Promise<LockSample[]> {
  const rows = await askFacts<Omit<LockSample, 'table'> & { db: string; name: string }>(
    copy,
    `SELECT JSON_OBJECT('look',look,'at',at,'thread',thread,'db',db,'name',name,'mode',mode,'text',text) FROM ${NOTES}.locks ORDER BY look;`,
  );
  return rows.map(({ db, name, ...sample }) => ({ ...sample, table: naming(db, name) }));
}
