import { BUCKETS, fromBuckets, toBuckets } from './weight.ts';

/** Where HAProxy sees the folder it shares with canary. */
export const RUN_DIRECTORY = '/run/canary';
/**
 * The map that holds the split: read when HAProxy starts, changed at its admin socket while it runs. Not `opt@`, though
 * the file must then be there: HAProxy would keep a map of its own for every use, and the socket changes only the first.
 */
export const WEIGHT_MAP = `${RUN_DIRECTORY}/weights.map`;
const KEY = 'weight';

/**
 * Values beside the buckets of a weight. One value for everything, so that one command takes everybody off:
 * users by weight, by rule and by the forcing header.
 */
export const NOBODY = -1;
const EVERYBODY = BUCKETS + 1;

/** How users are split. */
export interface Split {
  /** The share of users on the canary, of those whom no rule chooses a side for. */
  weight: number;
  /** Where everybody is, whatever rules, the forcing header and the weight say. */
  everyoneOn: 'stable' | 'canary' | undefined;
}

/** Nobody is on the canary. */
export const OFF: Split = { weight: 0, everyoneOn: 'stable' };
/** Nobody is on the stable. */
export const ALL: Split = { weight: 100, everyoneOn: 'canary' };

/** A share of users on the canary, and those whom rules send there. */
export function byWeight(weight: number): Split {
  return { weight, everyoneOn: undefined };
}

/** The map file's whole content. */
export function splitFile(split: Split): string {
  return `${KEY} ${valueIn(split)}\n`;
}

/** The split in a map file or in the answer to `show map`; nobody on the canary when there is none. */
export function readSplit(text: string): Split {
  const value = Number(/(?:^|\s)weight (-?\d+)\s*$/m.exec(text)?.[1] ?? NOBODY);
  if (value < 0) return OFF;
  return value > BUCKETS ? ALL : byWeight(fromBuckets(value));
}

export const showSplit = `show map ${WEIGHT_MAP}`;

/** HAProxy changes an entry with one command and creates it with another. */
export function setSplit(split: Split): { change: string; create: string } {
  const entry = `${WEIGHT_MAP} ${KEY} ${valueIn(split)}`;
  return { change: `set map ${entry}`, create: `add map ${entry}` };
}

/** Whether two splits are the same. */
export function sameSplit(left: Split, right: Split): boolean {
  return valueIn(left) === valueIn(right);
}

function valueIn({ weight, everyoneOn }: Split): number {
  if (everyoneOn === undefined) return toBuckets(weight);
  return everyoneOn === 'stable' ? NOBODY : EVERYBODY;
}
