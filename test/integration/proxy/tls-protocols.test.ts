import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrpcClient } from '../../support/fixture-grpc.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';

const SIDES = ['stable', 'canary'] as const;
const SITE = { certificate: 'site.pem', key: 'site.key' };
const PROXIED = { accept: true, send: true };

let shop: ProtocolShop;

beforeAll(async () => {
  shop = await ProtocolShop.start(
    {
      secure: { entry: 3001, port: PORT.http, tls: SITE, preview: 3101 },
      sealed: { entry: 3002, port: PORT.tls, tls: { ...SITE, reencrypt: true } },
      calls: { entry: 3003, port: PORT.http2, protocol: 'http2', tls: SITE },
      told: { entry: 3004, port: PORT.httpTold, proxyProtocol: PROXIED },
      both: { entry: 3005, port: PORT.httpTold, proxyProtocol: PROXIED, tls: SITE },
    },
    ['header:X-User-Id'],
  );
  await shop.split(50);
});
afterAll(() => shop?.dispose());

interface Told {
  side: string;
  encrypted: boolean;
  told: string;
  rawHeaders: string[];
}

async function read(answer: IncomingMessage): Promise<Told> {
  let body = '';
  for await (const chunk of answer) body += chunk;
  return JSON.parse(body);
}

/** A client that trusts only the site's certificate. */
const trusted = () => ({ ca: shop.certificate, servername: 'shop.example' });

async function ask(port: number, side: string, options: RequestOptions = {}) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'X-Canary': side, Host: 'shop.example' };
    const all = { host: shop.host, port, headers, agent: false, ...trusted(), ...options };
    request(all, resolve).on('error', reject).end();
  });
  return { ...(await read(answer)), cookies: answer.headers['set-cookie'] ?? [] };
}

const header = ({ rawHeaders }: Told, name: string) =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);

/** What is negotiated with a client that offers this. */
function agreed(port: number, offer: ConnectionOptions) {
  const socket = connectTls({ host: shop.host, port, ...trusted(), ...offer });
  return once(socket, 'secureConnect').then(() => {
    const { alpnProtocol } = socket;
    const protocol = socket.getProtocol();
    socket.destroy();
    return { alpnProtocol, protocol };
  });
}

describe('TLS that ends at the proxy', () => {
  it.each(SIDES)('uses the configured certificate, and informs the %s', async (side) => {
    const facts = await ask(3001, side);
    expect(facts).toMatchObject({ side, encrypted: false });
    expect(header(facts, 'x-forwarded-proto')).toEqual(['https']);
    expect(header(facts, 'x-forwarded-port')).toEqual(['3001']);
    expect(header(facts, 'x-forwarded-for')).toHaveLength(1);
  });

  it('is told to a service, unless a proxy in front has told how users came to it', async () => {
    const proto = async (headers: Record<string, string>) =>
      header(await ask(3001, 'any', { headers }), 'x-forwarded-proto');
    expect(await proto({ 'X-Forwarded-For': '192.0.2.7' })).toEqual(['https']);
    expect(await proto({ 'X-Forwarded-Proto': 'http' })).toEqual(['http']);
    expect(await proto({ 'X-Forwarded-Host': 'www.example' })).toEqual([]);
  });

  it('offers HTTP/2 and HTTP/1.1, and nothing older than TLS 1.2', async () => {
    const offer = (ALPNProtocols: string[]) => agreed(3001, { ALPNProtocols });
    expect(await offer(['h2', 'http/1.1'])).toEqual({ alpnProtocol: 'h2', protocol: 'TLSv1.3' });
    expect((await offer(['http/1.1'])).alpnProtocol).toBe('http/1.1');
    const old = { ciphers: 'DEFAULT@SECLEVEL=0', minVersion: 'TLSv1' } as const;
    expect((await agreed(3001, { ...old, maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    await expect(agreed(3001, { ...old, maxVersion: 'TLSv1.1' })).rejects.toThrow(/alert/);
  });

  it('marks the cookie of an anonymous user as secure', async () => {
    const [cookie] = (await ask(3001, 'any')).cookies;
    expect(cookie).toMatch(/^canary-id=.*; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('works at the preview too', async () => {
    expect(await ask(3101, 'any')).toMatchObject({ side: 'canary' });
  });

  it.each(SIDES)('is encrypted again to a %s that speaks TLS itself', async (side) => {
    const facts = await ask(3002, side);
    expect(facts).toMatchObject({ side, encrypted: true });
    expect(header(facts, 'x-forwarded-proto')).toEqual(['https']);
  });

  it.each(SIDES)('carries gRPC to the %s', async (side) => {
    const client = new GrpcClient(`https://${shop.host}:3003`, trusted());
    const { messages, headers } = await client.call('Talk', ['a', 'b'], { 'x-canary': side });
    client.close();
    expect(messages).toEqual([`${side} a`, `${side} b`]);
    expect(headers['grpc-status']).toBe('0');
  });
});

describe('the PROXY protocol', () => {
  const hello = 'PROXY TCP4 203.0.113.9 192.0.2.1 40001 443\r\n';

  /** A request through a proxy that sends the client's address. */
  async function through(port: number, side: string) {
    const socket = connect(port, shop.host);
    socket.write(hello);
    const isTls = port === 3005;
    const stream = isTls ? connectTls({ socket, ...trusted() }) : socket;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'X-Canary': side, Host: 'shop.example' };
      const call = plainRequest({ createConnection: () => stream, headers }, resolve);
      call.on('error', reject).end();
    });
    const facts = await read(answer);
    socket.destroy();
    return facts;
  }

  it.each([3004, 3005].flatMap((port) => SIDES.map((side) => [port, side] as const)))(
    'passes the client’s address in and out (port %i, %s)',
    async (port, side) => {
      const facts = await through(port, side);
      expect(facts).toMatchObject({ side, told: '203.0.113.9:40001' });
      expect(header(facts, 'x-forwarded-for')).toEqual(['203.0.113.9']);
      expect(header(facts, 'x-forwarded-proto')).toEqual([port === 3005 ? 'https' : 'http']);
    },
  );

  it('is required if it is expected', async () => {
    await expect(ask(3005, 'stable')).rejects.toThrow();
  });
});
