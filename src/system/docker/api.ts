import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { CanaryError } from '../../errors.ts';
import { agentOn, type Wire } from './door/wire.ts';
import { takenPort } from './failures.ts';

/**
 * The calls of the engine's HTTP API that users wait for: a call takes milliseconds, while the command line first starts
 * a program, which takes seconds on a busy machine. Source: Docker Engine API 1.24, which every engine still answers.
 */
export function engineApi(wire: () => Promise<Wire>) {
  async function post(path: string, what: string): Promise<void> {
    const agent = agentOn(await wire());
    const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asking = request(
        { agent, method: 'POST', path, headers: { host: 'engine' } },
        (response) => {
          const status = response.statusCode ?? 0;
          text(response).then((body) => resolve({ status, body }), reject);
        },
      );
      asking.once('error', reject).end();
    });
    // 304: it is so already.
    if (answer.status < 300 || answer.status === 304) return;
    throw (
      takenPort(answer.body) ??
      new CanaryError('command-failed', `The engine could not ${what}.`, { details: [answer.body] })
    );
  }

  return {
    /** Throws `port-taken` if something else holds a port of the container. */
    startContainer: (id: string) => post(`/containers/${id}/start`, 'start a container'),

    /** Stops a container with its own stop signal and grace period. */
    stopContainer: (id: string) => post(`/containers/${id}/stop`, 'stop a container'),
  };
}
