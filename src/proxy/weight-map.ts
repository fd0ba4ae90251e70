import { BUCKETS, fromBuckets, toBuckets } from './weight.ts';

/** Where HAProxy sees the folder it shares with canary. */
export const RUN_DIRECTORY = '/run/canary';
/**
 * The map that holds the split: read when HAProxy starts, changed at its admin socket while it runs. Not `opt@`, though
 * the file must then be there: HAProxy would keep a map of its own for every use, and the socket changes only the first.
 */
const WEIGHT_MAP = `${RUN_DIRECTORY}/weights.map`;
const KEY = 'weight';
const AGE_KEY = 'until';

/**
 * Values beside the buckets of a weight. One value for everything, so that one command takes everybody off:
 * users by weight, by rule and by the forcing header.
 */
const NOBODY = -1;
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

/**
 * The map file's whole content. `until`: from that second of the epoch on nobody is on the canary, though no command runs
 * then; 0 for never.
 */
export function splitFile(split: Split, until = 0): string {
  return `${KEY} ${valueIn(split)}\n${AGE_KEY} ${until}\n`;
}

/** The split in a map file or in the answer to `show map`; nobody on the canary when there is none. */
export function readSplit(text: string): Split {
  const value = Number(/(?:^|\s)weight (-?\d+)\s*$/m.exec(text)?.[1] ?? NOBODY);
  if (value < 0) return OFF;
  return value > BUCKETS ? ALL : byWeight(fromBuckets(value));
}

/** When a split ends by itself, by a map file or the answer to `show map`; 0 for never. */
export function readUntil(text: string): number {
  return Number(/(?:^|\s)until (\d+)\s*$/m.exec(text)?.[1] ?? 0);
}

/** Whether a split has ended by itself. */
export function hasExpired(text: string, now: Date): boolean {
  const until = readUntil(text);
  return until > 0 && now.getTime() >= until * 1000;
}

/** The lines that read the weight in force; who is on the canary after its time is not any more. */
export function weightLines(rules: string): string[] {
  const read = (key: string, absent: number) => `str(${key}),map_str_int(${WEIGHT_MAP},${absent})`;
  return [
    `${rules} set-var(txn.weight) ${read(KEY, NOBODY)}`,
    `${rules} set-var(txn.until) ${read(AGE_KEY, 0)}`,
    `${rules} set-var(txn.weight) int(${NOBODY}) if { var(txn.until) -m int gt 0 } { date,sub(txn.until) -m int ge 0 }`,
  ];
}

export const showSplit = `show map ${WEIGHT_MAP}`;

/** HAProxy changes an entry with one command and creates it with another. */
export interface MapChange {
  change: string;
  create: string;
}

export function setSplit(split: Split): MapChange {
  return setEntry(KEY, valueIn(split));
}

/** Says when the split is to end; before it is set, so that it never lasts longer. */
export function setUntil(until: number): MapChange {
  return setEntry(AGE_KEY, until);
}

function setEntry(key: string, value: number): MapChange {
  const entry = `${WEIGHT_MAP} ${key} ${value}`;
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
