import { median } from '../load.ts';

/** What users met in one stretch of load, in milliseconds. */
export interface LoadRound {
  requests: number;
  failed: number;
  p50: number;
  p99: number;
}

export interface Figures {
  bytes: number;
  /** Seconds of each, measured one after the other. */
  copies: { rehearsal: number; dump: number }[];
  pairs: { without: LoadRound; during: LoadRound }[];
  perSecond: number;
  /** PostgreSQL's. */
  version: string;
  machine: string;
  /** The load of the machine when it began. */
  busy: number;
}

/** Only the figures. */
export function toJson(figures: Figures): object {
  return { ...figures, ratio: { time: timeRatio(figures), p99: latencyRatio(figures).middle } };
}

/** The page for people. */
export function toPage(figures: Figures): string {
  const { bytes, copies, pairs, perSecond, version, machine, busy } = figures;
  const { middle, least, most } = latencyRatio(figures);
  const copyRows = copies.map(
    ({ rehearsal, dump }) =>
      `| ${rehearsal.toFixed(1)} | ${dump.toFixed(1)} | ${(rehearsal / dump).toFixed(2)} |`,
  );
  const loadRows = pairs.map(({ without, during }) => {
    const cells = [without.p50, during.p50, without.p99, during.p99].map((ms) => ms.toFixed(1));
    return `| ${cells.join(' | ')} | ${(during.p99 / without.p99).toFixed(2)} |`;
  });
  return `# What a rehearsal costs

Written by \`npm run bench:rehearsal\`; \`CANARY_BENCH_PART=0.1\` (or \`-- --quick\`) takes a tenth of the database and writes nothing.
PostgreSQL ${version}, ${Math.round(bytes / 1e6).toLocaleString('en')} MB in four tables with four indexes each. ${machine}; other work ran on the
machine (load ${busy.toFixed(1)} when it began), so the ratios say more than the single figures.

## Time

| rehearsal s | pg_dump \\| psql s | ratio |
|---|---|---|
${copyRows.join('\n')}

**${timeRatio(figures).toFixed(2)} times** the dump by the medians; promised are at most 1.3. The rehearsal is all of \`canary rehearse\` with the
default settings (copy, boot, settling, looking, removal), its images built before. The dump goes into a server of the same
image that is ready before it. Which of them is first alternates.

## The stable's users meanwhile

| p50 ms without | p50 during | p99 without | p99 during | ratio of p99 |
|---|---|---|---|---|
${loadRows.join('\n')}

**${middle.toFixed(2)} times** the p99 in the median pair (${least.toFixed(2)} to ${most.toFixed(2)}); promised are at most 1.25. ${perSecond} requests a second, one in five an
INSERT and the others a SELECT by key, through the stable's HTTP service at fixed times: waiting to be sent counts. During
means one rehearsal after the other. What asks runs on the same cores.
`;
}

function timeRatio({ copies }: Figures): number {
  const of = (key: 'rehearsal' | 'dump') => median(copies.map((each) => each[key]));
  return of('rehearsal') / of('dump');
}

function latencyRatio({ pairs }: Figures) {
  const all = pairs.map(({ without, during }) => during.p99 / without.p99);
  return { middle: median(all), least: Math.min(...all), most: Math.max(...all) };
}
