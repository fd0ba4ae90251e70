import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasCode } from '../../../src/errors.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { FileStopRequest } from '../../../src/system/state/stop-request.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

const newRequest = async () =>
  new FileStopRequest(join(await emptyFolder(), 'state', 'stop-request'), systemClock);

test('a request stops the watching command, and says who asked', async () => {
  const request = await newRequest();
  const watch = request.watch(undefined);
  const stopped = once(watch.signal, 'abort');
  await request.send('abort');
  await stopped;
  expect(hasCode(watch.signal.reason, 'stopped')).toBe(true);
  expect(watch.signal.reason.message).toBe('Stopped by `canary abort`.');
});

test('a request to leave the users where they are is distinguished', async () => {
  const request = await newRequest();
  const watch = request.watch(undefined);
  const stopped = once(watch.signal, 'abort');
  await request.send('pause', 'taken-over');
  await stopped;
  expect(hasCode(watch.signal.reason, 'taken-over')).toBe(true);
  expect(watch.signal.reason.message).toBe('Stopped by `canary pause`.');
});

test('the watcher’s own interrupt stops it too', async () => {
  const interrupt = new AbortController();
  const watch = (await newRequest()).watch(interrupt.signal);
  interrupt.abort(new Error('interrupted'));
  expect(watch.signal.reason).toMatchObject({ message: 'interrupted' });
  watch.end();
});

test('a cleared request, or one after the end, stops nothing', async () => {
  const request = await newRequest();
  await request.send('abort');
  await request.clear();
  const [ended, watching] = [request.watch(undefined), request.watch(undefined)];
  ended.end();
  const stopped = once(watching.signal, 'abort');
  expect(watching.signal.aborted).toBe(false);
  await request.send('revert');
  await stopped;
  expect(ended.signal.aborted).toBe(false);
});

test('a link in its place is replaced, not followed', async () => {
  const folder = await emptyFolder();
  const [path, victim] = [join(folder, 'stop-request'), join(folder, 'victim')];
  await writeFile(victim, 'mine');
  await symlink(victim, path);
  await new FileStopRequest(path, systemClock).send('abort');
  expect(await readFile(victim, 'utf8')).toBe('mine');
  expect(await readFile(path, 'utf8')).toBe('abort stopped');
});
