import { request } from 'node:http';
import type { Guise } from '../../../compose/disguise/guise.ts';
import { connectionFailed } from '../failures.ts';
import { type Door, openDoor } from './door.ts';
import type { EnginePlace } from './place.ts';
import { agentOn, type Wire } from './wire.ts';

/** What the engine answers to a call of its HTTP API. */
interface EngineAnswer {
  status: number;
  body: string;
}

/** The two ways to the engine besides its command line. Each throws `engine-unreachable`. */
export interface EngineWay {
  /** Whether the engine is on this machine's socket: a call takes a few milliseconds, and elsewhere a program's start. */
  isNear(): Promise<boolean>;
  /** One call of its HTTP API, with a body in JSON. */
  ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<EngineAnswer>;
  /** A place where Compose finds the engine under a guise. */
  openDoor(guise: Guise): Promise<Door>;
}

/** Both through connections; `place` is asked for when one is needed. */
export function wayThrough(place: () => Promise<EnginePlace>): EngineWay {
  return {
    isNear: async () => (await place()).isNear,
    ask: async (...call) => asked((await place()).wire, ...call),
    openDoor: async (guise) => openDoor((await place()).wire, guise),
  };
}

/** In bytes: many times the list of all containers. What a hook in a container prints has no end by itself. */
const LONGEST_ANSWER = 50_000_000;

/** An answer, read to its end; no more of it is kept than that. */
async function beginning(response: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (size < LONGEST_ANSWER) kept.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(kept).toString();
}

function asked(
  wire: Wire,
  method: string,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<EngineAnswer> {
  const agent = agentOn(wire);
  const sent = body && JSON.stringify(body);
  const headers = { host: 'engine', ...(sent && { 'content-type': 'application/json' }) };
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal?.aborted ? error : connectionFailed(error));
    const options = { agent, method, path, headers, ...(signal && { signal }) };
    const asking = request(options, (response) => {
      const status = response.statusCode ?? 0;
      beginning(response).then((answer) => resolve({ status, body: answer }), fail);
    });
    asking.once('error', fail).end(sent);
  });
}
