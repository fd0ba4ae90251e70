import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { download } from '../../../../src/rehearsal/sqlite/read-file.ts';
import { exists } from '../../../../src/system/files.ts';
import { emptyFolder } from '../../../support/fixture-project.ts';
import { refusal } from '../../../support/fixture-refusal.ts';

type Streams = Parameters<typeof download>[0];

test('a file with a hole that would fill the disk is not copied to this machine', async () => {
  const archive = pack();
  const entry = archive.entry({ name: 'app.db', size: 1e16, type: 'file' });
  // It is cut off.
  for (const stream of [archive, entry]) stream.on('error', () => undefined);
  entry.write('SQLite format 3\0');
  const read = (_: unknown, take: (content: Readable) => Promise<void>) =>
    take(archive as unknown as Readable);
  const to = join(await emptyFolder(), 'after');
  const from = { container: 'c', path: '/data/app.db' };
  const error = await refusal(() => download({ read } as unknown as Streams, from, to, {}));
  expect(error).toMatchObject({ code: 'not-rehearsed' });
  expect(error.message).toMatch(/^\/data\/app\.db in a container has 10,000,000,000 MB now; /);
  expect(await exists(to)).toBe(false);
});
