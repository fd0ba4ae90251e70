import { expect, test } from 'vitest';
import { countLongLived } from '../../../src/proxy/long-lived.ts';

const TABLE = `# table: long:lived, type: string, size:1024, used:2
0x7f0a: key=frontend use=2 exp=86399000 shard=0 conn_cur=2
0x7f0b: key=frontend:canary use=1 exp=86399000 shard=0 conn_cur=13
`;

test('long-lived connections are counted by service and side', () => {
  expect(countLongLived(TABLE, 'frontend', 'stable')).toBe(2);
  expect(countLongLived(TABLE, 'frontend', 'canary')).toBe(13);
  expect(countLongLived(TABLE, 'front', 'stable')).toBe(0);
  expect(countLongLived('', 'frontend', 'stable')).toBe(0);
});
