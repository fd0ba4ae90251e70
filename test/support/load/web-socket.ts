import { createHash, randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;

/** A WebSocket (RFC 6455) that sends short texts and waits for their echo; Node 20 has no client. */
export class EchoSocket {
  private readonly socket: Socket;
  /** What the server reports about itself. */
  readonly version: string;

  private constructor(socket: Socket, version: string) {
    this.socket = socket;
    this.version = version;
  }

  /** Opens one; rejects if the handshake is not answered correctly. */
  static async open(host: string, port: number, user: string): Promise<EchoSocket> {
    const key = randomBytes(16).toString('base64');
    const socket = createConnection({ host, port });
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.write(
      [
        'GET /socket HTTP/1.1',
        `Host: ${host}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${key}`,
        `X-User-Id: ${user}`,
        '\r\n',
      ].join('\r\n'),
    );
    const head = await nextData(socket);
    const accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64');
    const text = head.toString('latin1');
    const isRight = text.startsWith('HTTP/1.1 101') && text.includes(accept);
    if (!isRight) throw new Error(`no WebSocket: ${text.slice(0, 60)}`);
    return new EchoSocket(socket, /^x-version: (\S+)/im.exec(text)?.[1] ?? '');
  }

  /** Sends a text and waits for its echo; rejects if the connection is closed or something else arrives. */
  async echo(text: string): Promise<void> {
    const data = Buffer.from(text);
    const mask = randomBytes(4);
    const masked = data.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
    this.socket.write(Buffer.concat([Buffer.from([TEXT, 0x80 | data.length]), mask, masked]));
    const answer = await nextData(this.socket);
    const expected = Buffer.concat([Buffer.from([TEXT, data.length]), data]);
    if (!answer.equals(expected)) throw new Error(`another text came back: ${answer}`);
  }

  close(): void {
    this.socket.end(Buffer.concat([Buffer.from([0x88, 0x80]), randomBytes(4)]));
  }
}

function nextData(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // A closed socket does not report it again.
    if (socket.destroyed) throw new Error('the WebSocket was cut');
    const settle = (end: () => void) => {
      socket.off('data', onData).off('end', onClose).off('close', onClose);
      end();
    };
    const onData = (data: Buffer) => settle(() => resolve(data));
    const onClose = () => settle(() => reject(new Error('the WebSocket was cut')));
    socket.once('data', onData).once('close', onClose).once('end', onClose);
  });
}
