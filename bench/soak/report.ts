import type { Lost } from './traffic.ts';

/** One release, and what became of it. */
export interface Played {
  isGood: boolean;
  faults: string[];
  /** The exit code or the signal of `canary deploy`. */
  ended: string;
  /** What it said when it failed for another reason than the judge. */
  problem: string;
  /** The state of the release after everything was put right. */
  state: string;
  /** Whether no canary was left then. */
  isCalm: boolean;
  /** When its `deploy` ran, in milliseconds of the epoch. */
  began: number;
  end: number;
  seconds: number;
}

/** A fault that struck, in milliseconds of the epoch. */
export interface Strike {
  name: string;
  at: number;
  end: number;
  /** For how long afterwards nobody can answer users; none if users must not notice. */
  costsUsersMs: number | undefined;
}

export interface Soaked {
  minutes: number;
  seed: number;
  sent: number;
  lost: readonly Lost[];
  played: readonly Played[];
  strikes: readonly Strike[];
  /** Megabytes of a `canary deploy`, each second. */
  memory: readonly number[];
  /** How many images of the shop there were after each release. */
  images: readonly number[];
  left: Record<string, string[]>;
}

/** The page for people. */
export function report(soaked: Soaked): string {
  const { minutes, seed, sent, lost, played, strikes, memory, images, left } = soaked;
  const causes = counted(lost.map((each) => causeOf(each, soaked)));
  const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  const good = played.filter(({ isGood }) => isGood);
  const bad = played.filter(({ isGood }) => !isGood);
  const states = (of: readonly Played[]) =>
    Object.entries(counted(of.map(({ state }) => state)))
      .map(([state, count]) => `${count} ${state}`)
      .join(', ');
  const kinds = Object.entries(left).filter(([, names]) => names.length > 0);
  return [
    `# ${minutes} minutes of releases with faults`,
    '',
    `\`npm run soak -- ${minutes} ${seed}\`. ${sent} requests.`,
    '',
    row('releases', 'count', 'ended'),
    row('---', '---', '---'),
    row('good', good.length, states(good)),
    row('bad', bad.length, states(bad)),
    row('not calm afterwards', played.filter(({ isCalm }) => !isCalm).length, ''),
    '',
    row('fault', 'times'),
    row('---', '---'),
    ...Object.entries(counted(strikes.map(({ name }) => name))).map(([name, count]) =>
      row(name, count),
    ),
    '',
    row('requests lost', 'count'),
    row('---', '---'),
    ...Object.entries(causes).map(([cause, count]) => row(cause, count)),
    row('all', lost.length),
    '',
    row('left behind', 'what'),
    row('---', '---'),
    ...kinds.map(([kind, names]) => row(kind, names.join(', '))),
    row(
      'all',
      kinds.reduce((sum, [, names]) => sum + names.length, 0),
    ),
    '',
    `Memory of \`canary deploy\`: ${Math.min(...memory)} to ${Math.max(...memory)} MB. Images of the shop after the first, a middle and the last release: ${[images[0], images[images.length >> 1], images.at(-1)].join(', ')}.`,
    '',
  ].join('\n');
}

/**
 * The fault during which a request was lost, or shortly after which, while nobody could answer users; else the bad release
 * that answered with an error more often than the shield takes its requests to the stable.
 */
function causeOf({ sent, at, how }: Lost, { strikes, played }: Soaked): string {
  const found = strikes.findLast(
    (each) =>
      each.costsUsersMs !== undefined && at >= each.at && sent <= each.end + each.costsUsersMs,
  );
  const isOfRelease = ({ isGood, began, end }: Played) => !isGood && began <= sent && at <= end;
  if (!found && how === '500' && played.some(isOfRelease))
    return 'errors of a bad release, beyond its shield';
  return found?.name ?? 'NO CAUSE';
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
