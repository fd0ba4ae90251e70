import { createHash } from 'node:crypto';
import { Agent, type ClientRequest, request } from 'node:http';
import { within } from '../patience.ts';

/** One request of the load, derived from its number. */
export interface Asked {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** How many bytes are sent. */
  upload: number;
  isChunked: boolean;
  isOnNewConnection: boolean;
  headers: Record<string, string>;
  user: string;
}

export interface Answered {
  version: string;
}

/** A refused connection: nothing was sent. */
export class Refused extends Error {}

const KIB = 1024;
const METHODS = [
  'GET',
  'POST',
  'GET',
  'HEAD',
  'GET',
  'PUT',
  'GET',
  'POST',
  'GET',
  'DELETE',
] as const;
const ANSWER_WITHIN_MS = within(20_000);
/** What is uploaded. Its period is prime, so that a lost or repeated piece changes the digest. */
const NOISE = Buffer.alloc(2048 * KIB, Buffer.from(Array.from({ length: 251 }, (_, at) => at)));
const digests = new Map<number, string>();

/** Used in turn, and closed by the client before the proxy does: otherwise a request could hit a closing connection. */
const agent = new Agent({ keepAlive: true, scheduling: 'fifo', timeout: 3000 });

/** The mix: half GETs; uploads, some chunked, a few of megabytes; downloads; a tenth on new connections. */
export function nthRequest(number: number, users: number): Asked {
  const method = METHODS[number % METHODS.length] ?? 'GET';
  // The step is prime, so that every user uses every method.
  const index = (number * 7919) % users;
  const user = `user-${index}`;
  const isUpload = method === 'POST' || method === 'PUT';
  const isLarge = number % 400 === 1;
  const upload = isUpload ? (isLarge ? 2048 * KIB : 50 + ((number * 97) % (16 * KIB))) : 0;
  const download = number % 200 === 2 ? 512 * KIB : (number * 53) % (8 * KIB);
  const wantsChunks = number % 3 === 0 ? '&chunked' : '';
  const hasOffers = method === 'GET' && number % 40 === 4;
  return {
    method,
    upload,
    user,
    path: hasOffers ? '/offers' : `/page/${number}?size=${download}${wantsChunks}`,
    isChunked: isUpload && number % 4 === 1,
    isOnNewConnection: number % 10 === 4,
    headers: index % 2 === 0 ? { 'X-User-Id': user } : { Cookie: `theme=dark; session=${user}` },
  };
}

/** Sends it and checks the whole response; rejects if anything is wrong, with `Refused` if nothing was sent. */
export function send(host: string, port: number, asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const call = request({
      host,
      port,
      path: asked.path,
      method: asked.method,
      agent: asked.isOnNewConnection ? false : agent,
      headers: {
        ...asked.headers,
        ...(asked.upload > 0 && !asked.isChunked ? { 'Content-Length': asked.upload } : {}),
      },
    });
    const patience = setTimeout(
      () => call.destroy(new Error('no answer in time')),
      ANSWER_WITHIN_MS,
    );
    call.on('response', (answer) => {
      const hash = createHash('sha256');
      answer.on('data', (chunk) => hash.update(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const problem = problemOf(asked, answer.statusCode, answer.headers, hash.digest('hex'));
        if (problem) reject(new Error(problem));
        else resolve({ version: String(answer.headers['x-version']) });
      });
    });
    call.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ECONNREFUSED' ? new Refused() : error),
    );
    call.on('close', () => {
      clearTimeout(patience);
      reject(new Error('closed without an answer'));
    });
    write(call, asked);
  });
}

function write(call: ClientRequest, { upload, isChunked }: Asked): void {
  const body = NOISE.subarray(0, upload);
  if (!isChunked) {
    call.end(body);
    return;
  }
  const half = Math.floor(upload / 2);
  call.write(body.subarray(0, half));
  call.end(body.subarray(half));
}

function problemOf(
  { method, upload, path }: Asked,
  status: number | undefined,
  headers: Record<string, string | string[] | undefined>,
  digest: string,
): string | undefined {
  if (status !== 200) return `${method} ${path} was answered ${status}`;
  const received = `${method} ${upload} ${digestOf(upload)}`;
  if (headers['x-received'] !== received) {
    return `${method} ${path}: not what was sent arrived, but ${headers['x-received']}`;
  }
  const expected = method === 'HEAD' ? digestOf(0) : headers['x-digest'];
  return digest === expected ? undefined : `${method} ${path}: the answer is not whole`;
}

function digestOf(size: number): string {
  const known = digests.get(size);
  if (known) return known;
  const digest = createHash('sha256').update(NOISE.subarray(0, size)).digest('hex');
  digests.set(size, digest);
  return digest;
}
