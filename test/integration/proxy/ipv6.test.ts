import { afterAll, beforeAll, expect, it } from 'vitest';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';

const SUBNETS = ['10.212.77.0/24', 'fd00:5a17:77::/64'];
const SIDES = ['stable', 'canary'] as const;

/** A network with both families. */
let shop: ProtocolShop;

beforeAll(async () => {
  const services = {
    web: { entry: 3001, preview: 3101, port: PORT.httpIpv4 },
    chat: { entry: 3002, port: PORT.bytes, protocol: 'tcp' },
  };
  shop = await ProtocolShop.start(services, undefined, { subnets: SUBNETS });
  await shop.split(50);
});
afterAll(() => shop?.dispose());

it.each(['IPAddress', 'GlobalIPv6Address'] as const)(
  'users who come by %s reach both sides, although these listen on IPv4 alone',
  async (family) => {
    const address = await shop.addressOf('proxy', family);
    const host = address.includes(':') ? `[${address}]` : address;
    for (const side of SIDES) {
      const answer = await fetch(`http://${host}:3001/`, { headers: { 'X-Canary': side } });
      expect(await answer.json()).toMatchObject({ side });
    }
    expect(await (await fetch(`http://${host}:3101/`)).json()).toMatchObject({ side: 'canary' });
  },
);

it.each(['web', 'chat'])(
  'the proxy reaches %s at the address that it is known by',
  async (name) => {
    const { stable, canary } = await shop.statistics(name);
    const known = [...stable, ...canary].map(({ address }) => address).filter(Boolean);
    const expected = await Promise.all(SIDES.map((side) => shop.addressOf(side, 'IPAddress')));
    expect(known).toEqual(expected);
  },
);
