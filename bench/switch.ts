import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { byWeight, setSplit } from '../src/proxy/weight-map.ts';
import { UnixProxySocket } from '../src/system/haproxy/proxy-socket.ts';

/** How long a changed weight takes: the command at the socket, and until a user is answered by the new side. */
export interface Switch {
  commandMs: number;
  effectiveMs: number;
}

/** Sends all users from one side to the other and back; `times` counts both directions. */
export async function switchSides(folder: string, url: string, times: number): Promise<Switch[]> {
  const socket = new UnixProxySocket(join(folder, 'admin.sock'));
  const agent = new Agent({ keepAlive: true });
  const switches: Switch[] = [];
  await ask(url, agent);
  for (let count = 0; count < times; count += 1) {
    const side = count % 2 === 0 ? 'canary' : 'stable';
    const began = performance.now();
    await socket.ask(setSplit(byWeight(side === 'canary' ? 100 : 0)).change);
    const commandMs = performance.now() - began;
    while ((await ask(url, agent)) !== side);
    switches.push({ commandMs, effectiveMs: performance.now() - began });
  }
  agent.destroy();
  return switches;
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { 'X-User-Id': 'somebody' } }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve(body));
      answer.on('error', reject);
    }).on('error', reject);
  });
}
