import { replicasName } from './route.ts';

/** A GET of a user of the stable, as the service got it. */
export interface Sample {
  /** When it came, in seconds. */
  at: number;
  service: string;
  /** Path and query. */
  target: string;
  /** By names in small letters, as bytes. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Places for samples in the proxy's memory: variables of the worker's, which no file and no log has. By what is asked
 * for, so that pages which few ask for have places too; each is written once a second at most.
 */
const PLACES = Array.from({ length: 16 }, (_, index) => index);
/** How long two pages that happen to have one place share it, in seconds. */
const DEALT_FOR = 2;
/** What is larger than these is no sample: HAProxy writes one into a buffer of 16 KiB. */
const LONGEST_TARGET = 2000;
const LONGEST_HEADERS = 8000;

/** Before its first sample a place is from long ago. */
export const SAMPLE_PLACES = PLACES.map((place) => `set-var proc.sampled${place} int(0)`);

/** Says that a request to a service may be a sample: of a user on the stable, while a canary runs, without a body. */
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

/** Keeps what was offered. In base64, so that whatever users send is one word. */
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

/** The samples in the answer to that, the newest first. */
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
