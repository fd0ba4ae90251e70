import { createHash, randomBytes } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** An RFC 6455 client that sends texts of up to 64 KiB in one frame each. */
export class WebSocketClient {
  private readonly socket: Duplex;
  readonly headers: IncomingHttpHeaders;
  private buffer = Buffer.alloc(0);
  private readonly waiting: ((text: string) => void)[] = [];

  private constructor(socket: Duplex, headers: IncomingHttpHeaders) {
    this.socket = socket;
    this.headers = headers;
    socket.on('data', (chunk: Buffer) => this.take(chunk));
  }

  static open(url: string, headers: Record<string, string>): Promise<WebSocketClient> {
    const key = randomBytes(16).toString('base64');
    const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const accept = expected.digest('base64');
    return new Promise((resolve, reject) => {
      const hello = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
      const call = request(url, { headers: { ...headers, ...hello, 'Sec-WebSocket-Key': key } });
      call.on('error', reject);
      call.on('response', ({ statusCode }) => reject(new Error(`answered with ${statusCode}`)));
      call.on('upgrade', (answer, socket, head) => {
        if (answer.headers['sec-websocket-accept'] !== accept) reject(new Error('wrong key'));
        const client = new WebSocketClient(socket, answer.headers);
        client.take(head);
        resolve(client);
      });
      call.end();
    });
  }

  /** Sends a text and returns the next one received. */
  send(text: string): Promise<string> {
    const body = Buffer.from(text);
    const mask = randomBytes(4);
    const length =
      body.length < 126 ? [0x80 | body.length] : [0xfe, body.length >> 8, body.length & 0xff];
    const masked = body.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
    this.socket.write(Buffer.concat([Buffer.from([0x81, ...length]), mask, masked]));
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const isLong = this.buffer[1] === 126;
      const head = isLong ? 4 : 2;
      if (this.buffer.length < head) return;
      const length = isLong ? this.buffer.readUInt16BE(2) : (this.buffer[1] ?? 0);
      if (this.buffer.length < head + length) return;
      this.waiting.shift()?.(this.buffer.subarray(head, head + length).toString());
      this.buffer = this.buffer.subarray(head + length);
    }
  }
}
