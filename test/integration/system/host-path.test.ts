import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { kindOf } from '../../../src/rehearsal/host-path.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

test('what a path of the host is, with every link followed', async () => {
  const folder = await emptyFolder();
  const path = (name: string) => join(folder, name);
  await mkdir(path('plain/deep'), { recursive: true });
  await mkdir(path('socket/deep'), { recursive: true });
  await writeFile(path('plain/file'), '');
  const server = createServer().listen(path('socket/deep/x.sock'));
  onTestFinished(() => void server.close());
  await symlink('/', path('root'));
  await symlink('/dev/null', path('device'));
  await symlink(path('socket/deep/x.sock'), path('link'));
  await symlink(path('socket'), path('plain/deep/elsewhere'));
  const kinds = ['plain', 'plain/file', 'none', 'socket', 'link', 'root', 'device'].map(path);
  expect(await Promise.all([...kinds, '/', '/var', '/proc', '/dev/null'].map(kindOf))).toEqual([
    ...['directory', 'file', 'missing', 'leads-out', 'other', 'leads-out', 'other'],
    ...['leads-out', 'leads-out', 'other', 'other'],
  ]);
});
