import { clause } from '../sentences.ts';
import type { Opinion } from './opinion.ts';

/** The combined verdict of all sources on a canary. */
export interface Verdict {
  /** As in opinions. The worst result decides; `fail` is worse than `error` and `wait`. */
  result: Opinion['result'];
  /** The opinions with this result; for a pass, all of them. */
  opinions: readonly Opinion[];
}

/** The first that any opinion has decides; `pass` needs all opinions. */
const ORDER = ['fail', 'error', 'wait', 'pass'] as const;

/** Combines opinions into one verdict; it passes if there are none. */
export function combine(opinions: readonly Opinion[]): Verdict {
  const result =
    ORDER.find((each) => opinions.some((opinion) => opinion.result === each)) ?? 'pass';
  return { result, opinions: opinions.filter((opinion) => opinion.result === result) };
}

/** The verdict in one sentence. */
export function sentence({ opinions }: Verdict): string {
  const [first, ...more] = opinions;
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  return `${clause(first?.text ?? '')}${others}.`;
}
