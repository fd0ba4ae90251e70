import { expect, it } from 'vitest';
import { establishedPorts } from '../../../src/system/docker/port-connections.ts';

// As the kernel writes them: a listener, a connection of a user, one of the app to its database, one that has ended.
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0
   1: 030012AC:0BB8 010012AC:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 42 1 0 20 4 30 10 -1
   2: 030012AC:D431 020012AC:1538 01 00000000:00000000 00:00000000 00000000     0        0 43 1 0 20 4 30 10 -1
   3: 030012AC:0BB8 010012AC:D2F4 06 00000000:00000000 03:00001767 00000000     0        0 0 3 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue
   0: 0000000000000000FFFF0000030012AC:0BB8 0000000000000000FFFF0000010012AC:D2F8 01 00000000:00000000
`;

it('reads the local ports of established connections, of both families', () => {
  expect(establishedPorts(TCP)).toEqual([3000, 54321]);
  expect(establishedPorts(TCP6)).toEqual([3000]);
  expect(establishedPorts('')).toEqual([]);
});
