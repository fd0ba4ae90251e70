import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALL, OFF } from '../../../src/proxy/weight-map.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

/**
 * A busy machine: a service does not get to accept connections, so its queue is full, and whoever comes is not
 * answered. That looks like a container that is gone, but without a proxy users would wait for it.
 */
const BOTH = ['web', 'raw'];
// More than wait in the queue of a service, and no more than fit into it once it is empty again.
const USERS = 16;

let shop: ProtocolShop;

beforeAll(async () => {
  shop = await ProtocolShop.start({
    web: { entry: 3001, port: PORT.shortQueue },
    raw: { entry: 3002, port: PORT.shortQueueOfBytes, protocol: 'tcp' },
  });
});
afterAll(() => shop?.dispose());

/** The side that answers a request. */
async function page(user: number): Promise<string> {
  const headers = { 'X-User-Id': `user-${user}`, Connection: 'close' };
  const answer = await fetch(`http://${shop.host}:3001/`, { method: 'POST', headers });
  return answer.headers.get('x-side') ?? `status ${answer.status}`;
}

/** The side that speaks on a connection. */
async function word(): Promise<string> {
  const socket = connect(3002, shop.host);
  // The kernel of a service with a full queue forgets a connection on which nothing is sent.
  socket.write('hello');
  const [said] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.destroy();
  return String(said).split('\n', 1).join();
}

/** Lets all users come while a side cannot accept them, until the proxy has given up its last container. */
async function whileFrozen(side: 'stable' | 'canary'): Promise<string[]> {
  await shop.freeze(side, true);
  const answers = Array.from({ length: USERS }, (_, user) => [page(user), word()]).flat();
  const isOut = async (service: string) => {
    const servers = (await shop.statistics(service))[side];
    return servers.every(({ status }) => !status.startsWith('UP'));
  };
  await until('the proxy sees no container', async () =>
    (await Promise.all(BOTH.map(isOut))).every(Boolean),
  );
  answers.push(page(USERS), word());
  await shop.freeze(side, false);
  return Promise.all(answers);
}

it('nobody is turned away by the only container of the stable', async () => {
  await shop.split(OFF);
  expect(new Set(await whileFrozen('stable'))).toEqual(new Set(['stable']));
});

it('nobody is turned away by a canary that everybody is on while there is no stable', async () => {
  await shop.split(ALL);
  await shop.kill('stable');
  const isGone = async (service: string) =>
    (await shop.statistics(service)).stable.every(({ address }) => address === '');
  await until('the stable is gone', async () =>
    (await Promise.all(BOTH.map(isGone))).every(Boolean),
  );
  expect(new Set(await whileFrozen('canary'))).toEqual(new Set(['canary']));
});
