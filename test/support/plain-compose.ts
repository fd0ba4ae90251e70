import { execa } from 'execa';
import { within } from './patience.ts';
import type { Storedog } from './storedog.ts';
import { Load, userNames, visit } from './visitors.ts';

/** One line of the table: what a plain command did to users. */
export interface Row {
  state: string;
  command: string;
  exitCodes: readonly number[];
  /** Requests that failed or were not answered while it ran. */
  unanswered: number;
  /** Who answers a hundred users afterwards. */
  answeredBy: string;
  /** What `canary status` says of the release. */
  release: string;
  /** Whether `canary status` says that plain Compose left a container. */
  isTold: boolean;
}

/** What people, timers and scripts type; `edit` changes the user's files before, and they are put back afterwards. */
export interface PlainCommand {
  calls: readonly (readonly string[])[];
  after?: { words: string; edit(shop: Storedog): Promise<void> };
}

/** Runs a plain command under load, and says what came of it. */
export async function typed(shop: Storedog, state: string, command: PlainCommand): Promise<Row> {
  await command.after?.edit(shop);
  const load = new Load(shop.url, 30).start();
  const exitCodes: number[] = [];
  for (const args of command.calls) exitCodes.push(await plainly(shop, args));
  await load.stop();
  const pages = (await visit(shop.url, userNames(100))).map(({ page }) => page);
  const { release } = await shop.status();
  const { stderr } = await shop.succeed('status');
  return {
    state,
    command: [
      command.calls.map((args) => `\`${args.join(' ')}\``).join(', then '),
      ...(command.after ? [`after ${command.after.words}`] : []),
    ].join(' '),
    exitCodes,
    unanswered: load.problems.length,
    answeredBy: [...new Set(pages)].sort().reverse().join(' and '),
    release: release ? `${release.state}, ${release.weight.set} %` : 'none',
    isTold: stderr.includes('tried to replace `frontend`'),
  };
}

/** The exit code of a plain call; an engine that says no is an answer too. */
async function plainly(shop: Storedog, args: readonly string[]): Promise<number> {
  const { exitCode = -1 } = await execa('docker', ['compose', ...args], {
    cwd: shop.directory,
    stdin: 'ignore',
    reject: false,
    timeout: within(120_000),
  });
  return exitCode;
}

/** The rows as a page in Markdown: a line for each command, a column for each state. */
export function pageOf(rows: readonly Row[]): string {
  const states = [...new Set(rows.map(({ state }) => state))];
  const commands = [...new Set(rows.map(({ command }) => command))];
  const cell = (command: string, state: string) => {
    const row = rows.find((each) => each.command === command && each.state === state);
    if (!row) return '';
    return `exit ${row.exitCodes.join(', ')}; ${row.unanswered} lost; ${row.answeredBy}`;
  };
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# Plain Compose commands beside canary',
    '',
    'What users see while a plain `docker compose` command runs: its exit code, how many requests got no answer,',
    'and who answers afterwards. The release keeps its state and its weight in each case. A test types them all, under load,',
    'and writes this page (`npm run test:long`). Exit 1 is Docker refusing to start a second container on the port that',
    'canary holds: nothing changed for users, and `canary up` tidies up ([why](../explanation/engine.md#plain-compose-commands)).',
    '',
    line(['`docker compose …`', ...states]),
    line(['', ...states].map(() => '---')),
    ...commands.map((command) => line([command, ...states.map((state) => cell(command, state))])),
    '',
  ].join('\n');
}
