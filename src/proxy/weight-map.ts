import { fromBuckets, toBuckets } from './weight.ts';

/** Where HAProxy sees the folder it shares with canary. */
export const RUN_DIRECTORY = '/run/canary';
/**
 * The map that holds the weight: read when HAProxy starts, changed at its admin socket while it runs. Not `opt@`, though
 * the file must then be there: HAProxy would keep a map of its own for every entry, and the socket changes only the first.
 */
export const WEIGHT_MAP = `${RUN_DIRECTORY}/weights.map`;
const KEY = 'weight';

/** The map file's whole content. */
export function weightFile(weight: number): string {
  return `${KEY} ${toBuckets(weight)}\n`;
}

/** The weight in a map file or in the answer to `show map`; 0 when there is none. */
export function readWeight(text: string): number {
  const found = /(?:^|\s)weight (\d+)\s*$/m.exec(text);
  return found ? fromBuckets(Number(found[1])) : 0;
}

export const showWeight = `show map ${WEIGHT_MAP}`;

/** HAProxy changes an entry with one command and creates it with another. */
export function setWeight(weight: number): { change: string; create: string } {
  const entry = `${WEIGHT_MAP} ${KEY} ${toBuckets(weight)}`;
  return { change: `set map ${entry}`, create: `add map ${entry}` };
}
