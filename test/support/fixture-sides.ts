import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '../../src/config/parse.ts';
import type { Context } from '../../src/context.ts';
import type { Project } from '../../src/project/load.ts';
import type { Run } from '../../src/project/run.ts';
import { type Clock, systemClock } from '../../src/system/clock.ts';
import { selfSigned } from './fixture-certificate.ts';
import { canary, stable } from './fixture-observed.ts';

/** How a container answers; `count` is the number of earlier requests. */
export type Answering = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Real servers in place of the containers of `web`: one stable, and one canary replica per way to answer. */
export class Sides {
  /** The requests that each container received, in order; the stable is the first. */
  readonly asked: IncomingMessage[][] = [];
  private readonly servers: Server[] = [];
  private readonly ending = new AbortController();
  private isTls = false;
  private port = 0;

  static async start(
    answerings: { stable: Answering; canary: Answering | Answering[] },
    isTls = false,
  ): Promise<Sides> {
    const sides = new Sides();
    sides.isTls = isTls;
    for (const answer of [answerings.stable, answerings.canary].flat()) await sides.serve(answer);
    return sides;
  }

  /** What the workflows need, with these settings of canary.yaml. */
  run(
    analysis = '{}',
    env: Record<string, string> = {},
    askProxy: () => Promise<string> = async () => '',
    clock: Clock = systemClock,
  ): Run {
    const tls = this.isTls ? ', tls: { certificate: a, key: b, reencrypt: true }' : '';
    const config = parseConfig(
      `version: 1\nservices: { web: { entry: 3000${tls} } }\nanalysis: ${analysis}\n`,
      'canary.yaml',
    );
    const entry = { port: 3000, hostIp: undefined, preview: undefined };
    const slice = [{ service: 'web', clone: 'web-canary', port: this.port, entry }];
    const containers = this.servers.map((_, index) =>
      index === 0
        ? stable('web', { addresses: [addressOf(0)] })
        : canary('web', 'a', { addresses: [addressOf(index)] }),
    );
    return {
      context: {
        env,
        clock,
        engine: { containers: async () => containers },
      } as unknown as Context,
      project: { name: 'shop', config, slice, socket: { ask: askProxy } } as unknown as Project,
      signal: this.ending.signal,
    };
  }

  async stop(): Promise<void> {
    this.ending.abort();
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private async serve(answer: Answering): Promise<void> {
    const index = this.servers.length;
    const asked: IncomingMessage[] = [];
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      asked.push(request);
      request.resume();
      answer(request, response, asked.length - 1);
    };
    const { certificate, key } = selfSigned('nobody.example');
    const server = this.isTls
      ? createTlsServer({ cert: certificate, key }, listener)
      : createServer(listener);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, addressOf(index), resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.servers.push(server);
    this.asked.push(asked);
  }
}

/** A body as JSON, with a status. */
export function json(value: unknown, status = 200): Answering {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

/** One way after the other; the last one repeats. */
export function inTurn(...ways: Answering[]): Answering {
  return (request, response, count) =>
    ways[Math.min(count, ways.length - 1)]?.(request, response, count);
}

/** No answer: the connection is closed early. */
export const cut: Answering = (request) => {
  request.socket.destroy();
};

function addressOf(index: number): string {
  return `127.0.0.${index + 1}`;
}
