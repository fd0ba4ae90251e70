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

/** The rows as a table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ state, command, exitCodes, unanswered, answeredBy, release }) =>
    [state, command, exitCodes.join(', '), unanswered, answeredBy, release].join(' | '),
  );
  return [
    'state | `docker compose …` | exit code | unanswered | then answered by | release',
    '---|---|---|---|---|---',
    ...lines,
    '',
  ].join('\n');
}
