import { type AbComparison, abSentence, type ComparedSide } from '../rollout/ab-comparison.ts';
import { alignColumns } from './table.ts';

/** The result of an A/B test: one row per side, and the sentence. */
export function comparisonText(comparison: AbComparison): string {
  const head = ['', 'requests', 'share', 'failures', 'rate', 'shielded', 'response'];
  const rows = [head, row('stable', comparison.stable), row('canary', comparison.canary)];
  return `${alignColumns(rows, '  ')}\n${abSentence(comparison)}`;
}

function row(name: string, side: ComparedSide): string[] {
  const count = (value: number) => value.toLocaleString('en-US');
  return [
    name,
    count(side.requests),
    unit(side.share, '%'),
    count(side.failures),
    unit(side.failureRate, '%'),
    count(side.shielded),
    unit(side.responseTime, 'ms'),
  ];
}

function unit(value: number | null, name: string): string {
  return value === null ? '-' : `${value} ${name}`;
}
