/** The medians of some rounds for one size of stack, in milliseconds. */
export interface Row {
  services: number;
  /** `docker compose config`. */
  config: number;
  /** `canary render`. */
  proxy: number;
  /** The same with a branch that is checked out already, and with one that is not yet. */
  branch: number;
  checkout: number;
  /** The peak memory of the process. */
  megabytes: number;
}

interface Figures {
  rows: readonly Row[];
  machine: string;
  /** The load of the machine when it began. */
  busy: number;
}

/** The page for people. */
export function toPage({ rows, machine, busy }: Figures): string {
  const cells = rows.map(({ services, config, proxy, branch, checkout, megabytes }) => {
    const times = [config, proxy, branch, checkout].map((ms) => String(Math.round(ms)));
    const ratios = [proxy, branch, checkout].map((ms) => (ms / config).toFixed(2));
    return `| ${[services, ...times, ...ratios, Math.round(megabytes)].join(' | ')} |`;
  });
  return `# What a large stack costs

Written by \`npm run bench:compose\`; \`-- --quick\` writes nothing. ${machine}; other work ran on the machine (load ${busy.toFixed(1)} when
it began), so the ratios say more than the single figures: every round has all of them, and these are the middles.

| services | config ms | render ms | with a branch | and its checkout | ratio | ratio | ratio | peak MB |
|---|---|---|---|---|---|---|---|---|
${cells.join('\n')}

\`config\` is \`docker compose config --format json\`. A branch has a model of its own, and its clones are compared with it, so that Compose is asked three times.
`;
}
