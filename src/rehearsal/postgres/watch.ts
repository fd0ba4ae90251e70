import type { ServerContainer, Watch } from '../server-kind.ts';
import { databasesOf, MAINTENANCE, program, psql, rowsOfEach } from './client.ts';
import { type Note, observationOf, type SeenLock } from './observation.ts';
import { LOCKS, NOTES, RECORDER } from './recorder.ts';
import { snapshotOf } from './snapshot.ts';

const LOOK_EVERY_MS = 100;

/** Reads every database of a copy, makes it record what is done to it, and begins to look at its locks. */
export async function watchPostgres(copy: ServerContainer): Promise<Watch> {
  const databases = await databasesOf(copy);
  const before = await snapshotOf(copy, databases);
  await rowsOfEach(copy, databases, RECORDER);
  const locks: SeenLock[] = [];
  const endLooking = await lookAtLocks(copy, (lock) => locks.push(lock));
  return {
    async end(serviceAt) {
      await endLooking();
      const left = await databasesOf(copy);
      const known = left.filter((each) => databases.includes(each));
      const noted = await rowsOfEach<Omit<Note, 'database'>>(copy, known, NOTES);
      const notes = [...noted].flatMap(([database, own]) =>
        own.map((note) => ({ ...note, database })),
      );
      const after = await snapshotOf(copy, left);
      const seen = { before, after, notes, locks, interval: LOOK_EVERY_MS };
      return observationOf(seen, serviceAt);
    },
  };
}

/** One session that looks repeatedly until it is told to end: a session for each look would come too late. */
async function lookAtLocks(copy: ServerContainer, onLock: (lock: SeenLock) => void) {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, copy.signal]);
  const input = `${LOCKS} \\watch ${LOOK_EVERY_MS / 1000}\n`;
  const looking = { ...(await program(copy, psql(MAINTENANCE))), input };
  const onLine = (line: string) => {
    if (line.startsWith('{')) onLock(JSON.parse(line) as SeenLock);
  };
  const running = copy.streams.run(looking, { signal, onLine }).catch(() => undefined);
  return async () => {
    stop.abort();
    await running;
  };
}
