import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/**
 * Runs the files of a folder as Flyway does: in order, each in a transaction unless it says otherwise, recorded in
 * `flyway_schema_history`, and one runner at a time.
 */
export async function migrate(client, folder = 'migrations') {
  await client.query('SELECT pg_advisory_lock(77)');
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS flyway_schema_history (
      installed_rank integer PRIMARY KEY, version text, script text, checksum text,
      installed_on timestamp NOT NULL DEFAULT now(), success boolean NOT NULL)`);
    const { rows } = await client.query('SELECT version FROM flyway_schema_history');
    const done = new Set(rows.map(({ version }) => version));
    for (const script of (await readdir(folder)).sort()) {
      const [version] = script.split('__');
      if (done.has(version)) continue;
      const text = await readFile(`${folder}/${script}`, 'utf8');
      const isAlone = text.startsWith('-- executeInTransaction=false');
      if (!isAlone) await client.query('BEGIN');
      await client.query(text);
      const checksum = createHash('sha256').update(text).digest('hex').slice(0, 8);
      await client.query(
        `INSERT INTO flyway_schema_history (installed_rank, version, script, checksum, success)
         SELECT coalesce(max(installed_rank), 0) + 1, $1, $2, $3, true FROM flyway_schema_history`,
        [version, script, checksum],
      );
      if (!isAlone) await client.query('COMMIT');
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock(77)').catch(() => undefined);
  }
}
