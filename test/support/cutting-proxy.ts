import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePorts } from './ports.ts';

/** Passes connections on, and cuts some of them off in the middle of a large answer. */
export class CuttingProxy {
  readonly host: string;
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  /** How many large answers are cut off still. */
  cuts: number;
  /** Whether nobody is answered after a cut: an engine that goes on where it was gets a layer whole by many short answers. */
  private readonly isLast: boolean;
  private isDead = false;

  private constructor(host: string, server: Server, cuts: number | 'dies') {
    this.host = host;
    this.server = server;
    this.isLast = cuts === 'dies';
    this.cuts = cuts === 'dies' ? 1 : cuts;
  }

  /** `target`: HOST:PORT. Each answer of more than a mebibyte is large. */
  static async start(target: string, cuts: number | 'dies'): Promise<CuttingProxy> {
    const [port = 0] = await freePorts(1);
    const server = createServer();
    const proxy = new CuttingProxy(`127.0.0.1:${port}`, server, cuts);
    const [host = '', to] = target.split(':');
    server.on('connection', (client) => proxy.passOn(client, connect(Number(to), host)));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  private passOn(client: Socket, behind: Socket): void {
    if (this.isDead) client.destroy();
    const ends = [client, behind];
    const end = () => {
      for (const each of ends) each.destroy();
    };
    for (const each of ends) {
      this.open.add(each);
      each.on('error', end).on('close', () => {
        this.open.delete(each);
        end();
      });
    }
    let passed = 0;
    client.pipe(behind);
    behind.on('data', (chunk) => {
      passed += chunk.length;
      if (passed > 2 ** 20 && this.cuts > 0) {
        this.cuts -= 1;
        this.isDead = this.isLast;
        end();
      } else if (!client.write(chunk)) {
        behind.pause();
        client.once('drain', () => behind.resume());
      }
    });
  }

  async dispose(): Promise<void> {
    for (const each of this.open) each.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
