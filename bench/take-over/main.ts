import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import type { Storedog } from '../../test/support/storedog.ts';
import { frontShop, SERVER_FILE, serverThatSays } from '../../test/support/traffic-shop.ts';

/** How long a port is closed, and what is cut, when `up` and `down` hand it over, by what the app does at SIGTERM. */
const ENDS: Readonly<Record<string, string>> = {
  'ends at once': 'process.exit()',
  'answers what is open, then ends': 'server.close(() => process.exit())',
  'ignores SIGTERM': '{}',
};
const COMMANDS = ['up', 'down'] as const;
/** A user comes after the other, each on a new connection. */
const USER_EVERY_MS = 10;
/** The app answers these after 1.5 s. */
const SLOW_USER_EVERY_MS = 4000;

interface Measured {
  app: string;
  command: string;
  asked: number;
  /** Connections that were refused, and the time between the first and the last. */
  refused: number;
  closedMs: number;
  /** Requests on an open connection that got no answer, or an error. */
  cut: number;
}

interface Outcome {
  kind: 'answered' | 'refused' | 'cut';
  began: number;
  ended: number;
}

async function main(root: string): Promise<void> {
  const measured: Measured[] = [];
  // Between two requests of `fetch` nothing else may keep Node alive.
  const awake = setInterval(() => undefined, 1000);
  for (const app of Object.keys(ENDS)) measured.push(...(await measure(app)));
  clearInterval(awake);
  const page = toPage(measured);
  await writeFile(
    join(root, 'bench/results/take-over.json'),
    `${JSON.stringify(measured, null, 2)}\n`,
  );
  await writeFile(join(root, 'bench/results/take-over.md'), page);
  process.stdout.write(page);
}

async function measure(app: string): Promise<Measured[]> {
  const shop = await frontShop();
  shop.hasProcesses = true;
  try {
    const onSigterm = `process.on('SIGTERM', () => ${ENDS[app]});`;
    const server = serverThatSays('stable').replace(/process\.on\('SIGTERM'.*/, onSigterm);
    await shop.write(SERVER_FILE, server);
    await shop.startProduction();
    const found: Measured[] = [];
    for (const command of COMMANDS) {
      const outcomes = await whileAsked(shop, () => shop.succeed(command));
      found.push({ app, command, ...summary(outcomes) });
      process.stderr.write(`bench: ${JSON.stringify(found.at(-1))}\n`);
    }
    return found;
  } finally {
    await shop.dispose();
  }
}

function summary(outcomes: readonly Outcome[]): Omit<Measured, 'app' | 'command'> {
  const refused = outcomes.filter(({ kind }) => kind === 'refused');
  const first = Math.min(...refused.map(({ began }) => began));
  const last = Math.max(...refused.map(({ ended }) => ended));
  return {
    asked: outcomes.length,
    refused: refused.length,
    closedMs: refused.length > 0 ? Math.round(last - first) : 0,
    cut: outcomes.filter(({ kind }) => kind === 'cut').length,
  };
}

/** What users got while something was done, and a little before and after it. */
async function whileAsked(shop: Storedog, work: () => Promise<unknown>): Promise<Outcome[]> {
  const asked: Promise<Outcome>[] = [];
  const users = setInterval(() => asked.push(ask(shop.url)), USER_EVERY_MS);
  const slow = setInterval(() => asked.push(ask(`${shop.url}slow`)), SLOW_USER_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(users);
    clearInterval(slow);
  }
  return Promise.all(asked);
}

function ask(url: string): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (kind: Outcome['kind']) => resolve({ kind, began, ended: performance.now() });
    const request = get(url, { agent: false }, (answer) => {
      answer.resume();
      answer.once('error', () => end('cut'));
      answer.once('end', () => end(answer.statusCode === 200 ? 'answered' : 'cut'));
    });
    request.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' ? 'refused' : 'cut'),
    );
  });
}

function toPage(measured: readonly Measured[]): string {
  const heads = ['command', 'the app at SIGTERM', 'asked', 'refused', 'closed', 'cut'];
  const rows = measured.map(({ command, app, asked, refused, closedMs, cut }) => [
    ...[`\`${command}\``, app, asked, refused, `${closedMs} ms`, cut],
  ]);
  const table = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    '# The closed port at `up` and `down`',
    '',
    `A user every ${USER_EVERY_MS} ms, each on a new connection, and every ${SLOW_USER_EVERY_MS / 1000} s one whose answer takes 1.5 s.`,
    '*Refused*: connections, with the time between the first and the last. *Cut*: requests that were open.',
    '',
    ...table,
    '',
  ].join('\n');
}

await main(process.argv[2] ?? '.');
