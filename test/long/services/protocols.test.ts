import { once } from 'node:events';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../support/fixture-certificate.ts';
import { STOPS_GRACEFULLY } from '../../support/graceful-stop.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { NODE_BUILD, portsOf } from '../../support/node-service.ts';
import { Storedog } from '../../support/storedog.ts';
import { userNames } from '../../support/visitors.ts';

/** Reports its side, by HTTP and by raw bytes; completes its open requests when it is stopped. */
function server(side: string): string {
  return `import http from 'node:http';
import net from 'node:net';
const server = http.createServer((request, response) => {
  response.end('${side} ' + request.headers['x-forwarded-proto']);
});
server.listen(3000);
net.createServer((socket) => {
  socket.on('error', () => undefined);
  socket.write('${side}\\n');
  socket.pipe(socket);
}).listen(4000);
${STOPS_GRACEFULLY}`;
}

/** A service with users by TLS, and one with users by TCP behind a proxy that sends their addresses. */
function twoEntries(compose: string): string {
  const { frontend, discounts } = portsOf(compose);
  const service = (published: string) => `
    ${NODE_BUILD}
    ports: ["${published}"]`;
  return `services:\n  frontend:${service(`${frontend}:3000`)}\n  bytes:${service(`${discounts}:4000`)}\n`;
}

describe('entries that speak TLS and TCP', () => {
  let shop: Storedog;
  let bytesPort: number;
  const sources = Array.from({ length: 60 }, (_, at) => `198.51.100.${at + 1}`);

  beforeAll(async () => {
    shop = await Storedog.create(twoEntries);
    bytesPort = Number(/"(\d+):4000"/.exec(await shop.read('docker-compose.yml'))?.[1]);
    await shop.write('store-frontend/server.js', server('stable'));
    await shop.write(
      'canary.yaml',
      `version: 1
services:
  frontend:
    entry: ${shop.port}
    preview: ${shop.preview}
    tls: { certificate: tls/live/fullchain.pem, key: tls/live/privkey.pem }
  bytes: { entry: ${bytesPort}, protocol: tcp, proxyProtocol: { accept: true } }
identity: [header:X-User-Id]
`,
    );
    await shop.git('commit', '--quiet', '--all', '-m', 'A server for tests');
    await shop.git('branch', '--force', 'canary');
    await shop.commitOn('canary', 'store-frontend/server.js', server('canary'));
    await renew(1);
    // Starts production as well.
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary');
  });

  afterAll(() => shop?.dispose());

  /** Replaces a certificate as certbot does: numbered files, and links that move to them. */
  async function renew(number: number, keyOf = number): Promise<void> {
    const site = selfSigned('shop.example');
    const other = selfSigned('shop.example');
    for (const folder of ['archive', 'live'])
      await mkdir(join(shop.directory, 'tls', folder), { recursive: true });
    const key = keyOf === number ? site.key : other.key;
    for (const [name, text] of Object.entries({ fullchain: site.certificate, privkey: key })) {
      await shop.write(`tls/archive/${name}${number}.pem`, text);
      const link = join(shop.directory, `tls/live/${name}.pem`);
      await symlink(`../archive/${name}${number}.pem`, `${link}.new`);
      await rename(`${link}.new`, link);
    }
  }

  /** The answer to a user by TLS, on a new connection. */
  const page = (user: string) =>
    new Promise<string>((resolve, reject) => {
      const options = { port: shop.port, agent: false, rejectUnauthorized: false };
      request({ ...options, headers: { 'X-User-Id': user } }, async (answer) => {
        let body = '';
        for await (const chunk of answer) body += chunk;
        if (answer.statusCode === 200) resolve(body);
        else reject(new Error(`${answer.statusCode} ${body}`));
      })
        .on('error', reject)
        .end();
    });

  /** The first message of the TCP service to a client with this address. */
  async function greeting(source: string): Promise<string> {
    const socket = connect(bytesPort, '127.0.0.1');
    socket.write(`PROXY TCP4 ${source} 192.0.2.1 40000 ${bytesPort}\r\n`);
    const [text] = await once(socket, 'data');
    socket.destroy();
    return String(text).trim();
  }

  async function shown(): Promise<string> {
    const socket = connectTls({ port: shop.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  const sides = async () => {
    const pages = await Promise.all(userNames(60).map(page));
    expect(pages.filter((each) => !each.endsWith(' https'))).toEqual([]);
    const words = await Promise.all(sources.map(greeting));
    const onCanary = (all: readonly string[]) =>
      all.filter((each) => each.startsWith('canary')).length;
    return { https: onCanary(pages), tcp: onCanary(words) };
  };

  /** Sends requests and connections while something is done; returns the failures. */
  async function during(
    work: () => Promise<unknown>,
  ): Promise<{ asked: number; failed: string[] }> {
    const failed: string[] = [];
    let asked = 0;
    const ask = (at: number) => async () => {
      asked += 1;
      const call = at % 2 ? page(`user-${asked}`) : greeting(sources[asked % 60] ?? '');
      await call.catch((error: unknown) => failed.push(String(error)));
    };
    const doing = work();
    await Promise.all(Array.from({ length: 6 }, (_, at) => meanwhile(doing, ask(at), 30)));
    return { asked, failed };
  }

  it('split users by TLS and addresses by TCP alike', async () => {
    expect(await sides()).toEqual({ https: 0, tcp: 0 });
    await shop.succeed('weight', '50');
    const half = await sides();
    for (const count of Object.values(half)) {
      expect(count).toBeGreaterThan(15);
      expect(count).toBeLessThan(45);
    }
    await shop.succeed('weight', '100');
    expect(await sides()).toEqual({ https: 60, tcp: 60 });
  });

  it('are in the status with addresses and counts', async () => {
    await shop.succeed('weight', '50');
    await sides();
    const { proxy, release } = await shop.status();
    expect(proxy.entries).toEqual([
      {
        service: 'frontend',
        address: `https://localhost:${shop.port}`,
        addresses: [`https://localhost:${shop.port}`],
        preview: `https://localhost:${shop.preview}`,
      },
      {
        service: 'bytes',
        address: `tcp://localhost:${bytesPort}`,
        addresses: [`tcp://localhost:${bytesPort}`],
        preview: null,
      },
    ]);
    const { stable, canary } = release.requests;
    // Four times both of them: with 0, 50, 100 and again 50%.
    expect(stable + canary).toBe(4 * 120);
    expect(release.weight.measured).toBeGreaterThan(25);
    expect(release.weight.measured).toBeLessThan(75);
    // On a machine that is too busy to check the canary in time, the stable answers.
    expect(release.failures).toEqual({ stable: 0, canary: 0, shielded: expect.any(Number) });
  });

  it('load a renewed certificate without a lost request or connection', async () => {
    const before = await shown();
    await renew(2);
    expect((await shop.succeed('plan')).stdout).toContain('(canary.yaml or a certificate changed)');
    const proxy = (await shop.containers()).find((each) => each.service === 'canary-proxy');
    const { asked, failed } = await during(() => shop.succeed('up'));
    expect(failed).toEqual([]);
    expect(asked).toBeGreaterThan(6);
    expect(await shown()).not.toBe(before);
    expect((await shop.containers()).find((each) => each.service === 'canary-proxy')).toEqual(
      proxy,
    );
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
  });

  it('keep the working certificate if the new key does not belong to it', async () => {
    const before = await shown();
    await renew(3, 0);
    const { exitCode, stdout, stderr } = await shop.canary('up', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout || stderr).error.code).toBe('certificate-mismatch');
    expect(await shown()).toBe(before);
    await renew(4);
    await shop.succeed('up');
  });

  it('lose nothing when the canary becomes the stable', async () => {
    const { failed } = await during(() => shop.succeed('promote'));
    expect(failed).toEqual([]);
    expect(await sides()).toEqual({ https: 60, tcp: 60 });
  });
});
