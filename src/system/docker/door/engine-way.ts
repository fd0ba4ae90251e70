import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Guise } from '../../../compose/disguise/guise.ts';
import { type Door, openDoor } from './door.ts';
import { agentOn, type Wire } from './wire.ts';

/** What the engine answers to a call of its HTTP API. */
interface EngineAnswer {
  status: number;
  body: string;
}

/** The two ways to the engine besides its command line. Both throw `engine-unreachable`. */
export interface EngineWay {
  /** One call of its HTTP API, with a body in JSON. */
  ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<EngineAnswer>;
  /** A place where Compose finds the engine under a guise. */
  openDoor(guise: Guise): Promise<Door>;
}

/** Both through connections; `wire` is asked for when one is needed. */
export function wayThrough(wire: () => Promise<Wire>): EngineWay {
  return {
    ask: async (...call) => asked(await wire(), ...call),
    openDoor: async (guise) => openDoor(await wire(), guise),
  };
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
    const options = { agent, method, path, headers, ...(signal && { signal }) };
    const asking = request(options, (response) => {
      const status = response.statusCode ?? 0;
      text(response).then((answer) => resolve({ status, body: answer }), reject);
    });
    asking.once('error', reject).end(sent);
  });
}
