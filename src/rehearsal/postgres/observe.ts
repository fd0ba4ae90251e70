import { type Note, observationOf, type SeenLock } from '../../database/postgres/notes.ts';
import type { Place, Watch } from '../server.ts';
import { credentials, databasesOf, MAINTENANCE, psql, rowsOfEach } from './client.ts';
import { INSTRUMENTS, LOCKS, NOTES } from './instruments.ts';
import { snapshotOf } from './snapshot.ts';

const LOOK_EVERY_MS = 100;

/** Looks at every database of a copy, puts the instruments in, and begins to look at its locks. */
export async function watchPostgres(place: Place): Promise<Watch> {
  const databases = await databasesOf(place);
  const before = await snapshotOf(place, databases);
  await rowsOfEach(place, databases, INSTRUMENTS);
  const locks: SeenLock[] = [];
  const looking = await lookAtLocks(place, (lock) => locks.push(lock));
  return {
    async end(serviceAt) {
      await looking.end();
      const left = await databasesOf(place);
      const noted = await rowsOfEach<Note>(
        place,
        left.filter((database) => databases.includes(database)),
        NOTES,
      );
      const notes = [...noted].flatMap(([database, own]) =>
        own.map((note) => ({ ...note, database })),
      );
      const after = await snapshotOf(place, left);
      const interval = LOOK_EVERY_MS;
      return observationOf({ before, after, notes, locks, interval }, serviceAt);
    },
  };
}

/** One session that looks again and again: a session for each look would come too late. */
async function lookAtLocks(place: Place, onLock: (lock: SeenLock) => void) {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, place.signal]);
  const program = {
    container: place.container,
    command: psql(MAINTENANCE),
    env: await credentials(place),
    input: `${LOCKS} \\watch ${LOOK_EVERY_MS / 1000}\n`,
  };
  const onLine = (line: string) => {
    if (line.startsWith('{')) onLock(JSON.parse(line) as SeenLock);
  };
  const running = place.streams.run(program, { signal, onLine }).catch(() => undefined);
  return {
    async end() {
      stop.abort();
      await running;
    },
  };
}
