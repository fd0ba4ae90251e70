import { randomBytes } from 'node:crypto';
import type { AskedStatement } from '../../database/asked.ts';
import { compared } from '../../database/definition.ts';
import type { ServerContainer, Watch } from '../server-kind.ts';
import {
  databasesOf,
  endSessions,
  MAINTENANCE,
  program,
  psql,
  rowsOfEach,
  templatesOf,
} from './client.ts';
import { definitionOf, lastingIn } from './definition.ts';
import { type Note, observationOf, type SeenLock } from './observation.ts';
import { preparedOn } from './prepare.ts';
import { LOCKS, NOTES, RECORDER } from './recorder.ts';
import { snapshotsOf, together } from './snapshot.ts';

const LOOK_EVERY_MS = 100;

/** Reads every database of a copy, makes it record what is done to it, and begins to look at its locks. */
export async function watchPostgres(
  copy: ServerContainer,
  asked: readonly AskedStatement[] = [],
): Promise<Watch> {
  const databases = await databasesOf(copy);
  const templates = await templatesOf(copy);
  const salt = randomBytes(16).toString('hex');
  const look = async (all: readonly string[]) => {
    const printed = [...all, ...templates];
    return Promise.all([snapshotsOf(copy, all, salt), definitionOf(copy, printed)]);
  };
  // Code of the stable may run: nothing that it does may fall between the log and a look.
  await rowsOfEach(copy, databases, RECORDER);
  const [earlier, defined] = await look(databases);
  const earlierPrepared = await preparedOn(copy, asked);
  const locks: SeenLock[] = [];
  const endLooking = await lookAtLocks(copy, quietDatabase(databases), (lock) => locks.push(lock));
  return {
    async end(serviceAt) {
      await endLooking();
      const left = await databasesOf(copy);
      const known = left.filter((each) => databases.includes(each));
      const lasting = [...known, ...templates];
      const [later, definition] = await look(left);
      const noted = await rowsOfEach<Omit<Note, 'database'>>(copy, known, NOTES);
      const notes = [...noted].flatMap(([database, own]) =>
        own.map((note) => ({ ...note, database })),
      );
      const laterPrepared = await preparedOn(copy, asked);
      const statements = asked.map((each, at) => ({
        ...each,
        before: earlierPrepared[at] ?? {},
        after: laterPrepared[at] ?? {},
      }));
      const before = together(earlier, known);
      const after = together(later, known);
      const definitions = compared(lastingIn(defined, lasting), lastingIn(definition, lasting));
      const seen = {
        before,
        after,
        notes,
        locks,
        definition: definitions,
        interval: LOOK_EVERY_MS,
      };
      return { ...observationOf(seen, serviceAt), statements };
    },
  };
}

/** Where a session may stay: `CREATE DATABASE` fails as long as there is one in its template. */
function quietDatabase(databases: readonly string[]): string {
  return databases.find((each) => each === 'postgres') ?? databases[0] ?? MAINTENANCE;
}

/** One session that looks repeatedly until it is told to end: a session for each look would come too late. */
async function lookAtLocks(
  copy: ServerContainer,
  database: string,
  onLock: (lock: SeenLock) => void,
) {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, copy.signal]);
  const input = `${LOCKS} \\watch ${LOOK_EVERY_MS / 1000}\n`;
  const looking = { ...(await program(copy, psql(database))), input };
  const onLine = (line: string) => {
    if (line.startsWith('{')) onLock(JSON.parse(line) as SeenLock);
  };
  const running = copy.streams.run(looking, { signal, onLine }).catch(() => undefined);
  return async () => {
    stop.abort();
    await running;
    await endSessions(copy);
  };
}
