import type { Opinion } from './opinion.ts';

/** What all sources together say of a canary. */
export interface Verdict {
  /** As in opinions: the worst of them, where a failure is worse than not knowing. */
  result: Opinion['result'];
  /** Those that made it so; for a pass every one. */
  opinions: readonly Opinion[];
}

/** From the one that outweighs all others to the one that all have to share. */
const ORDER = ['fail', 'error', 'wait', 'pass'] as const;

/** One verdict of many opinions; it passes where nobody is asked. */
export function combine(opinions: readonly Opinion[]): Verdict {
  const result =
    ORDER.find((each) => opinions.some((opinion) => opinion.result === each)) ?? 'pass';
  return { result, opinions: opinions.filter((opinion) => opinion.result === result) };
}

/** The verdict in one sentence. */
export function sentence({ opinions }: Verdict): string {
  const [first, ...more] = opinions;
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  return `${first?.text.replace(/\.$/, '') ?? ''}${others}.`;
}
