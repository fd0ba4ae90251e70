import { expect, test } from 'vitest';
import { readIfExists } from '../../../src/system/files.ts';

test('a device without an end is not read', async () => {
  await expect(readIfExists('/dev/full')).rejects.toThrow('it is a pipe, a socket or a device');
  expect(await readIfExists('/dev/null')).toBe('');
});
