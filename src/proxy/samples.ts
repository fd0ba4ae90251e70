import { replicasName } from './route.ts';

/** A GET request of a user on the stable, as the service received it. */
export interface Sample {
  /** When it arrived, in seconds. */
  at: number;
  service: string;
  /** Path and query. */
  target: string;
  /** By lower-case name; values are bytes as Latin-1. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Slots for samples in the proxy's memory: variables of the worker, which are in no file and no
 * log. Chosen by what is requested, so that rarely requested pages get slots too; each slot is
 * written at most once a second.
 */
const PLACES = Array.from({ length: 16 }, (_, index) => index);
/** How long two pages that happen to have the same slot share it, in seconds. */
const DEALT_FOR = 2;
/** Larger requests are not sampled: HAProxy writes a sample into a buffer of 16 KiB. */
const LONGEST_TARGET = 2000;
const LONGEST_HEADERS = 8000;

/** Before its first sample, a slot counts as very old. */
export const SAMPLE_PLACES = PLACES.map((place) => `set-var proc.sampled${place} int(0)`);

/**
 * Marks a request to a service as a possible sample: from a user on the stable, while a canary
 * runs, without a body.
 */
export function offerSample(service: string, condition = ''): string {
  const isOrdinary = [
    ...['Range', 'Upgrade', 'Content-Length', 'Transfer-Encoding'].map(
      (name) => `!{ req.hdr(${name}) -m found }`,
    ),
    `{ pathq,length lt ${LONGEST_TARGET} } { req.hdrs,length lt ${LONGEST_HEADERS} }`,
  ].join(' ');
  const isWanted = `{ method GET } { var(txn.side) -m str stable } { nbsrv(${replicasName(service)}) gt 0 }`;
  return `http-request set-var(txn.sampleof) str(${service}) if ${condition}${isWanted} ${isOrdinary}`;
}

/** Stores the marked request, in base64, so that anything users send is a single word. */
export const KEEP_SAMPLE = [
  `http-request set-var-fmt(txn.page) "%[base] %[date,div(${DEALT_FOR})]" if { var(txn.sampleof) -m found }`,
  `http-request set-var(txn.sample) var(txn.page),xxh32,mod(${PLACES.length}) if { var(txn.page) -m found }`,
  ...PLACES.flatMap((place) => {
    const isDue = `{ var(txn.sample) -m int ${place} } { date,sub(proc.sampled${place}) -m int gt 0 }`;
    return [
      `http-request set-var-fmt(proc.sample${place}) "%[date] %[var(txn.sampleof)] %[pathq,base64] %[req.hdrs,base64]" if ${isDue}`,
      `http-request set-var(proc.sampled${place}) date if ${isDue}`,
    ];
  }),
];

export const SHOW_SAMPLES = PLACES.map((place) => `get var proc.sample${place}`).join('; ');

/** The samples in the output of `SHOW_SAMPLES`, newest first. */
export function readSamples(answer: string): Sample[] {
  const lines = answer.matchAll(/value=<(\d+) (\S+) (\S+) (\S+)>/g);
  return [...lines]
    .map(([, at, service = '', target = '', headers = '']) => ({
      at: Number(at),
      service,
      target: decode(target),
      headers: readHeaders(decode(headers)),
    }))
    .filter(({ target }) => target.startsWith('/'))
    .sort((left, right) => right.at - left.at);
}

function readHeaders(text: string): Record<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const end = line.indexOf(':');
    if (end <= 0) continue;
    const name = line.slice(0, end).toLowerCase();
    const value = line.slice(end + 1).trim();
    const known = headers.get(name);
    const separator = name === 'cookie' ? '; ' : ', ';
    headers.set(name, known === undefined ? value : `${known}${separator}${value}`);
  }
  return Object.fromEntries(headers);
}

function decode(word: string): string {
  return Buffer.from(word, 'base64').toString('latin1');
}
