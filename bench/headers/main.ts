import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { PORT, ProtocolShop } from '../../test/support/protocol-shop.ts';

/** What `proxy.headers` costs: the proxy's memory for a connection, for several sizes. */
const SIZES = ['16k', '64k'];
const CONNECTIONS = Number(process.env.CANARY_BENCH_CONNECTIONS ?? 300);
const ENTRY = 3001;

/** What all connections do at once, in this order. */
const LOADS: { what: string; path: string; headers?: string; reads: boolean }[] = [
  { what: 'idle', path: '/', reads: true },
  { what: 'waits for an event', path: '/events', headers: cookies(12), reads: true },
  { what: 'does not read its download', path: '/bytes?count=100000000', reads: false },
];

interface Measured {
  size: string;
  /** The proxy's highest memory without a connection, in MiB. */
  alone: number;
  /** What a connection adds in each of the loads, in KiB. */
  perConnection: number[];
}

async function main(root: string): Promise<void> {
  const measured: Measured[] = [];
  for (const size of SIZES) measured.push(await measure(size));
  const results = { connections: CONNECTIONS, loads: LOADS.map(({ what }) => what), measured };
  const json = `${JSON.stringify(results, null, 2)}\n`;
  await writeFile(join(root, 'bench/results/headers.json'), json);
  await writeFile(join(root, 'bench/results/headers.md'), toPage(measured));
  process.stdout.write(toPage(measured));
}

/** The loads come one after the other, by what they take: memory that was used is kept. */
async function measure(size: string): Promise<Measured> {
  const shop = await ProtocolShop.start({ web: { entry: ENTRY, port: PORT.http } }, undefined, {
    proxy: { headers: size },
  });
  try {
    const alone = await shop.peakMemory();
    const perConnection: number[] = [];
    for (const load of LOADS) {
      const sockets: Socket[] = [];
      for (let count = 0; count < CONNECTIONS; count += 1)
        sockets.push(await begun(shop.host, load));
      const used = (await shop.peakMemory()) - alone;
      perConnection.push(Math.round(used / CONNECTIONS / 1024));
      for (const socket of sockets) socket.destroy();
    }
    process.stderr.write(`bench: ${size}: ${perConnection.join(', ')} KiB\n`);
    return { size, alone: Math.round(alone / (1 << 20)), perConnection };
  } finally {
    await shop.dispose();
  }
}

/** A connection whose answer has begun. */
function begun(host: string, { path, headers = '', reads }: (typeof LOADS)[number]) {
  return new Promise<Socket>((resolve, reject) => {
    const socket = connect(ENTRY, host);
    socket.on('error', reject);
    socket.once('data', () => {
      if (!reads) socket.pause();
      resolve(socket);
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: shop\r\n${headers}\r\n`);
  });
}

function cookies(kilobytes: number): string {
  return `Cookie: ${'c'.repeat(kilobytes * 1000)}\r\n`;
}

function toPage(measured: readonly Measured[]): string {
  const heads = ['`proxy.headers`', 'proxy alone', ...LOADS.map(({ what }) => what)];
  const rows = measured.map(({ size, alone, perConnection }) => [
    size,
    `${alone} MiB`,
    ...perConnection.map((used) => `${used} KiB`),
  ]);
  const table = [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `# Memory for large headers

Written by \`npm run bench:headers\`: the memory of the proxy, and what a connection adds to it that is idle, waits for a
server-sent event (its request has 12 KB of cookies), or does not read what it downloads. ${CONNECTIONS} connections at a time.

${table.join('\n')}
`;
}

await main(process.argv[2] ?? '.');
