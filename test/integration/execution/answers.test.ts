import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { answeredWithoutProxy } from '../../../src/execution/operations/answers.ts';
import type { ObservedContainer } from '../../../src/rollout/observed.ts';
import { freePorts } from '../../support/ports.ts';

const ANSWERS = { '127.0.0.1:80': 200, '[::1]:80': 200, '127.0.0.1:81': 200 };
let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** The addresses of a shop whose container has both families, and listens where `host` says. */
async function addresses(host: string | undefined): Promise<string[]> {
  const [port = 0] = await freePorts(1);
  if (host) {
    server = createServer();
    await new Promise<void>((resolve) => server?.listen({ host, port }, resolve));
  }
  type Run = Parameters<typeof answeredWithoutProxy>[0];
  const run = { project: { slice: [{ service: 'web', entry: { port: 80 }, port }] } };
  const stable = [{ service: 'web', addresses: ['127.0.0.1', '::1'] }];
  const answers = await answeredWithoutProxy(
    run as unknown as Run,
    stable as unknown as ObservedContainer[],
    ANSWERS,
  );
  return Object.keys(answers);
}

test('a container that listens on IPv4 alone is not asked for IPv6 without the proxy', async () => {
  expect(await addresses('127.0.0.1')).toEqual(['127.0.0.1:80', '127.0.0.1:81']);
});

test('one whose addresses are out of reach from here is asked for all that was answered', async () => {
  expect(await addresses(undefined)).toEqual(Object.keys(ANSWERS));
});
