import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureMaps } from '../../../src/execution/split.ts';
import { ensureState, layoutOf } from '../../../src/project/layout.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { JournalFiles } from '../../../src/system/state/journal-store.ts';
import { FileLock } from '../../../src/system/state/lock.ts';
import { FileStopRequest } from '../../../src/system/state/stop-request.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

let umask: number;
beforeEach(() => {
  umask = process.umask(0);
});
afterEach(() => process.umask(umask));

/** What others of this machine may do, by path; only what is more than nothing. */
async function openToOthers(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))];
  const modes = names.map(async (name) => {
    const mode = (await stat(join(folder, name))).mode & 0o077;
    return mode === 0 ? [] : [`${name} ${mode.toString(8)}`];
  });
  return (await Promise.all(modes)).flat();
}

test('only the owner reads the state, whatever the umask', async () => {
  const layout = layoutOf(await emptyFolder());
  const release = await new FileLock(layout.lock, systemClock).acquire('deploy');
  await new FileStopRequest(layout.stopRequest, systemClock).send('abort');
  await ensureMaps(layout);
  const journals = new JournalFiles(layout.releases, systemClock);
  await journals.append('r1', { type: 'state-changed', state: 'failed', reason: 'x' });
  await journals.keepEvidence('r1', '{}\n');
  expect(await openToOthers(layout.state)).toEqual([]);
  await release();
});

test('a state folder that is open to others is closed', async () => {
  const layout = layoutOf(await emptyFolder());
  await ensureState(layout);
  await chmod(layout.state, 0o755);
  await ensureState(layout);
  expect(await openToOthers(layout.state)).toEqual([]);
});
