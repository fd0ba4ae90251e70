import type { Contender } from './contenders.ts';
import { median, percentile, type Round } from './load.ts';
import type { Switch } from './switch.ts';

export interface Measured {
  contender: Contender;
  version: string;
  rounds: Round[];
}

export interface Benchmarks {
  measured: Measured[];
  switches: Switch[];
  seconds: number;
  connections: number;
  machine: string;
}

/** Only the figures. */
export function toJson({ measured, switches, ...rest }: Benchmarks): object {
  return {
    ...rest,
    contenders: measured.map(({ contender, version, rounds }) => ({
      name: contender.name,
      version,
      rounds,
      median: medians(rounds),
      ratio: ratios(measured, contender.name),
    })),
    weight: switchFigures(switches),
  };
}

/** The page for people. */
export function toPage(benchmarks: Benchmarks): string {
  const { measured, switches, seconds, connections, machine } = benchmarks;
  const rows = measured.map(({ contender, rounds }) => {
    const { perSecond, p50Ms, p99Ms, processorUs } = medians(rounds);
    const { middle, least, most } = ratios(measured, contender.name);
    const figures = [
      Math.round(perSecond).toLocaleString('en'),
      ...[p50Ms, p99Ms].map((ms) => ms.toFixed(2)),
      `${middle.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`,
      processorUs.toFixed(1),
      `${Math.round((processorUs * perSecond) / 10_000)} %`,
    ];
    return `| ${contender.name} | ${figures.join(' | ')} |`;
  });
  const { commandMs, effectiveMs } = switchFigures(switches);
  const row = (name: string, { p50, p99 }: { p50: number; p99: number }) =>
    `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`;
  return `# Benchmarks

Written by \`npm run bench\`; the single rounds are in [proxy.json](proxy.json).

## Requests

| proxy | requests/s | p50 ms | p99 ms | of plain HAProxy | CPU µs/request | of its core |
|---|---|---|---|---|---|---|
${rows.join('\n')}

${measured.map(({ contender, version }) => `- **${contender.name}**: ${contender.what}. ${version}.`).join('\n')}

Medians of ${measured[0]?.rounds.length} rounds of ${seconds} s with ${connections} connections. A round measures one after the other, so that
whatever else the machine does meets all alike; the ratio is that of each round to plain HAProxy in the same round, with
its least and greatest. The proxy has a core for itself; wrk and the two apps (nginx, a dozen bytes) share the other.
Ten thousand users by header. Everybody writes an access log. ${machine}.

## Weight

From the command at the admin socket to its answer, and to the first answer to a user by the new side, ${switches.length} times:

| | p50 ms | p99 ms |
|---|---|---|
${row('command answered', commandMs)}
${row('user on the new side', effectiveMs)}
`;
}

function medians(rounds: readonly Round[]): Round {
  const of = (key: keyof Round) => median(rounds.map((round) => round[key]));
  return {
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    processorUs: of('processorUs'),
  };
}

/** Requests of a contender against plain HAProxy's, round by round. */
function ratios(measured: readonly Measured[], name: string) {
  const of = (wanted: string) =>
    measured.find(({ contender }) => contender.name === wanted)?.rounds ?? [];
  const plain = of('haproxy');
  const all = of(name).map(({ perSecond }, at) => perSecond / (plain[at]?.perSecond ?? Number.NaN));
  return { middle: median(all), least: Math.min(...all), most: Math.max(...all) };
}

function switchFigures(switches: readonly Switch[]) {
  const of = (key: keyof Switch) => {
    const values = switches.map((each) => each[key]);
    return { p50: median(values), p99: percentile(values, 0.99) };
  };
  return { commandMs: of('commandMs'), effectiveMs: of('effectiveMs') };
}
