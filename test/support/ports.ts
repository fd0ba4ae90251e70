import { createServer, type ListenOptions, type Server } from 'node:net';

/** Below the ports that the kernel uses for outgoing connections, so that none of those takes one meanwhile. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await claimPort(port)) ports.push(port);
  }
  return ports;
}

/** Whether a port is free and not claimed by another test; the claim lasts until this process ends. */
export async function claimPort(port: number): Promise<boolean> {
  const server = await listening({ port, host: '0.0.0.0' });
  if (!server) return false;
  await new Promise((resolve) => server.close(resolve));
  // A name that only one process of the machine can have.
  const claim = await listening({ path: `\0canary-test-port-${port}` });
  claim?.unref();
  return claim !== undefined;
}

function listening(options: ListenOptions): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(options, () => resolve(server));
  });
}
