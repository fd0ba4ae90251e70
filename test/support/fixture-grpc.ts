import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';

/** The result of a call: messages, and headers and trailers together. */
export interface Called {
  messages: string[];
  headers: IncomingHttpHeaders;
}

function framed(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** A gRPC client over HTTP/2, by its wire format: length-prefixed messages, the status in trailers. */
export class GrpcClient {
  private readonly session: ClientHttp2Session;

  constructor(url: string, options: { ca?: string; servername?: string } = {}) {
    this.session = connect(url, options);
    this.session.on('error', () => undefined);
  }

  /** Sends one message after the other, each once the previous one was answered, as in a conversation. */
  async call(
    method: string,
    messages: readonly string[],
    headers: Record<string, string> = {},
  ): Promise<Called> {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': `/Echo/${method}`,
      te: 'trailers',
      'content-type': 'application/grpc',
      ...headers,
    });
    const called: Called = { messages: [], headers: {} };
    stream.on('response', (found) => Object.assign(called.headers, found));
    stream.on('trailers', (found) => Object.assign(called.headers, found));
    const rest = [...messages];
    const next = () => {
      const message = rest.shift();
      if (message === undefined) return;
      stream.write(framed(message));
      if (rest.length === 0) stream.end();
    };
    let buffer = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      while (buffer.length >= 5 && buffer.length >= 5 + buffer.readUInt32BE(1)) {
        const end = 5 + buffer.readUInt32BE(1);
        called.messages.push(buffer.subarray(5, end).toString());
        buffer = buffer.subarray(end);
        next();
      }
    });
    next();
    await new Promise((resolve, reject) => {
      stream.on('close', resolve);
      stream.on('error', reject);
    });
    return called;
  }

  close(): void {
    this.session.close();
  }
}
