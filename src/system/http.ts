import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

interface HttpRequest {
  /** Absolute, `http:` or `https:`. */
  url: string;
  method?: string;
  /** A `host` here names the requested host, whatever the address in the URL is. */
  headers?: Readonly<Record<string, string>>;
  body?: string | undefined;
  /** For the whole exchange, in milliseconds. */
  timeout: number;
  /** How many bytes of the response are read; the rest is left. */
  limit: number;
  /** Accepts any certificate: for a container that is asked at its own address. */
  trustsAnyone?: boolean;
}

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /** There was more than the limit. */
  isCut: boolean;
  /** From the request to the end of the response, in milliseconds. */
  ms: number;
}

/** Asks a server; redirects are responses like any other. Rejects with a plain error that says what went wrong. */
export type AskHttp = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer>;

/** Uses a separate connection, so that nothing is left open. */
export const askHttp: AskHttp = (request, signal) => {
  const { url, method = 'GET', headers = {}, body, timeout, limit, trustsAnyone = false } = request;
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const isTls = url.startsWith('https:');
    const ends = AbortSignal.timeout(timeout);
    const either = signal ? AbortSignal.any([signal, ends]) : ends;
    const fail = (error: Error) =>
      reject(ends.aborted ? new Error(`no answer within ${timeout} ms`) : error);
    const options = { method, headers, agent: false, signal: either } as const;
    const sent = isTls
      ? requestTls(url, { ...options, rejectUnauthorized: !trustsAnyone })
      : requestPlain(url, options);
    sent.on('error', fail);
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (isCut: boolean) => {
        const whole = Buffer.concat(chunks).subarray(0, limit);
        const ms = performance.now() - began;
        const { statusCode: status = 0, headers: received } = answer;
        resolve({ status, headers: received, body: whole, isCut, ms });
      };
      answer.on('error', fail);
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size <= limit) return;
        finish(true);
        sent.destroy();
      });
      answer.on('end', () => finish(false));
    });
    sent.end(body);
  });
};
