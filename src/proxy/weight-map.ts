import { BUCKETS, fromBuckets, toBuckets } from './weight.ts';

/** The path in HAProxy's container of the folder that it shares with canary. */
export const RUN_DIRECTORY = '/run/canary';
/**
 * The map that contains the split: read when HAProxy starts, changed at its admin socket while it
 * runs. Not `opt@`, although the file must then exist: with it, HAProxy would keep a separate map
 * for every use, and the socket changes only the first.
 */
const WEIGHT_MAP = `${RUN_DIRECTORY}/weights.map`;
const KEY = 'weight';
const AGE_KEY = 'until';
const LEAVE_KEY = 'leave';

/**
 * Values outside the buckets of a weight. A single value for everything, so that one command moves
 * everyone off the canary: users by weight, by rule and by the forcing header.
 */
const NOBODY = -1;
const EVERYBODY = BUCKETS + 1;

/** How users are split. */
export interface Split {
  /** The share of users on the canary, among users whose side no rule chooses. */
  weight: number;
  /** The side that everyone is on, whatever rules, the forcing header and the weight say. */
  everyoneOn: 'stable' | 'canary' | undefined;
}

/** No one is on the canary. */
export const OFF: Split = { weight: 0, everyoneOn: 'stable' };
/** No one is on the stable. */
export const ALL: Split = { weight: 100, everyoneOn: 'canary' };

/** A share of users on the canary, plus the users whom rules send there. */
export function byWeight(weight: number): Split {
  return { weight, everyoneOn: undefined };
}

/**
 * The complete content of the map file. `until`: from this second of the epoch on, no one is on the
 * canary, even if no command runs then; 0 for never.
 */
export function splitFile(split: Split, until = 0): string {
  return `${KEY} ${valueIn(split)}\n${AGE_KEY} ${until}\n`;
}

/** The split in a map file or in the output of `show map`; without one, no one is on the canary. */
export function readSplit(text: string): Split {
  const value = Number(/(?:^|\s)weight (-?\d+)\s*$/m.exec(text)?.[1] ?? NOBODY);
  if (value < 0) return OFF;
  return value > BUCKETS ? ALL : byWeight(fromBuckets(value));
}

/** When a split ends by itself, from a map file or the output of `show map`; 0 for never. */
export function readUntil(text: string): number {
  return Number(/(?:^|\s)until (\d+)\s*$/m.exec(text)?.[1] ?? 0);
}

/** Whether a split has ended by itself. */
export function hasExpired(text: string, now: Date): boolean {
  const until = readUntil(text);
  return until > 0 && now.getTime() >= until * 1000;
}

/** The lines that read the weight in force; after its time, no one is on the canary. */
export function weightLines(rules: string): string[] {
  const read = (key: string, absent: number) => `str(${key}),map_str_int(${WEIGHT_MAP},${absent})`;
  return [
    `${rules} set-var(txn.weight) ${read(KEY, NOBODY)}`,
    `${rules} set-var(txn.until) ${read(AGE_KEY, 0)}`,
    `${rules} set-var(txn.weight) int(${NOBODY}) if { var(txn.until) -m int gt 0 } { date,sub(txn.until) -m int ge 0 }`,
  ];
}

/**
 * The lines that end every client's connection with its next response, until a second of the epoch.
 * A worker closes idle connections when it is replaced, and a request may just be on its way on one:
 * asked to leave before, busy clients keep none.
 */
export const LEAVE_LINES = [
  `http-request set-var(txn.leave) str(${LEAVE_KEY}),map_str_int(${WEIGHT_MAP},0)`,
  'http-after-response set-header Connection close if { var(txn.leave) -m int gt 0 } { date,sub(txn.leave) -m int lt 0 } !{ status 101 }',
];

/** The command by which a worker asks its clients to leave; it ends by itself. */
export function letLeave(until: number): MapChange {
  return setEntry(LEAVE_KEY, until);
}

export const showSplit = `show map ${WEIGHT_MAP}`;

/** HAProxy uses one command to change an entry and another to create it. */
export interface MapChange {
  change: string;
  create: string;
}

export function setSplit(split: Split): MapChange {
  return setEntry(KEY, valueIn(split));
}

/**
 * Sets when the split ends; must be sent before the split, so that the split never lasts longer.
 */
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
