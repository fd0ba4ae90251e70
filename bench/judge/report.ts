import { NAMES, type Name } from './contenders.ts';
import { type Figures, wilson } from './figures.ts';
import { ALIKE, GOAL } from './plan.ts';

const KEYS = ['hurt', 'failures', 'requests', 'seconds'] as const;

/** Only the figures. */
export function toJson(figures: readonly Figures[]): object {
  return figures.map(({ series: { kind, scenario, runs }, rules }) => ({
    kind,
    scenario,
    runs,
    rules: Object.fromEntries(NAMES.map((name) => [name, rounded(rules[name])])),
    ...(kind === ALIKE && {
      falseReverts: Object.fromEntries(
        NAMES.map((name) => [name, falseReverts(rules[name].decided, runs)]),
      ),
    }),
  }));
}

/** The page for people. */
export function toPage(figures: readonly Figures[]): string {
  const alike = figures.filter(({ series }) => series.kind === ALIKE);
  const worse = figures.filter(({ series }) => series.kind !== ALIKE);
  const main = worse.filter(({ series }) => isMain(series.scenario));
  return `# The judge, measured

Written by \`npm run bench:judge\`; every figure is in [judge.json](judge.json). Simulated users ask by chance, each always on
the same side. All rules see the same streams, and no shield or breaker helps: a POST that fails hurts its user, while
of a failing GET the user learns nothing where the shield is on.

The rules of others are those of their documentation and source, with what is in their favour where that leaves a choice;
what was assumed is said in \`bench/judge/rules/\`. The stable fails 0.1 % of requests; half of all answers take up to 100 ms, one of
a hundred more than 320 ms. The weight stays as it is. What is counted is counted on the canary, until a rule takes it back.

## A canary that is worse, at 5 % of users and 100 requests a second

Median and, in brackets, what nine of ten runs stay at or below. *Hurt* are different users who met a failure; of a slower
canary, all its users. *–*: not decided in so many runs.

${main.map(kindTable).join('\n')}
## Hurt users at every weight and rate

The same, median (nine of ten). A run lasts 70 minutes, at 1,000 requests a second 25.

${table(
  ['canary', 'weight', 'requests/s', ...NAMES],
  worse.map(({ series: { kind, scenario }, rules }) => [
    kind,
    `${scenario.weight} %`,
    scenario.perSecond.toLocaleString('en'),
    ...NAMES.map((name) => cell(rules[name].spread.hurt)),
  ]),
)}
## A canary that is as good as the stable

False reverts, with the 95 % confidence interval of their share (Wilson).

${alike.map(alikeTable).join('\n')}`;
}

function isMain({ weight, perSecond }: Figures['series']['scenario']): boolean {
  return weight === GOAL.weight && perSecond === GOAL.perSecond;
}

function kindTable({ series: { kind, runs }, rules }: Figures): string {
  const rows = NAMES.map((name) => [
    name,
    ...KEYS.map((key) => cell(rules[name].spread[key])),
    share(rules[name].decided / runs),
  ]);
  const head = ['rule', 'hurt users', 'failures', 'requests', 'seconds', 'decided'];
  return `**The canary ${kind}** (${runs} runs)\n\n${table(head, rows)}`;
}

function alikeTable({ series: { scenario, runs }, rules }: Figures): string {
  const rows = NAMES.map((name) => {
    const { count, lower, upper } = falseReverts(rules[name].decided, runs);
    return [name, `${count} of ${runs}`, share(count / runs), `${share(lower)} to ${share(upper)}`];
  });
  const requests = (scenario.seconds * scenario.perSecond).toLocaleString('en');
  const head = ['rule', 'false reverts', 'share', '95 % interval'];
  return `Runs of ${requests} requests at ${scenario.perSecond} a second, ${scenario.weight} % on the canary:\n\n${table(head, rows)}`;
}

function falseReverts(count: number, runs: number) {
  return { count, ...wilson(count, runs) };
}

function rounded({ decided, spread }: Figures['rules'][Name]): object {
  const two = (value: number) => (Number.isFinite(value) ? Math.round(value * 100) / 100 : null);
  const each = KEYS.map((key) => [key, { p50: two(spread[key].p50), p90: two(spread[key].p90) }]);
  return { decided, ...Object.fromEntries(each) };
}

function cell({ p50, p90 }: { p50: number; p90: number }): string {
  if (!Number.isFinite(p50)) return '–';
  return `${number(p50)} (${Number.isFinite(p90) ? number(p90) : '–'})`;
}

function number(value: number): string {
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function share(value: number): string {
  return `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
