import { createConnection, type Socket } from 'node:net';

/** An open connection to one worker, which stays alive as long as it is held, even if another worker replaces it. */
export interface ProxySession {
  /** Sends one command to that worker and returns the answer. */
  ask(command: string): Promise<string>;
  end(): void;
}

/** In bytes: many times the lists of users and the memory of requests of the largest proxy. */
export const LONGEST_ANSWER = 64_000_000;

/** What HAProxy writes when it waits for the next command. */
const PROMPT = '\n> ';

/** Opens a session at an admin socket; HAProxy closes one that is silent for this many seconds. */
export async function openSession(path: string, seconds: number): Promise<ProxySession> {
  const socket = createConnection({ path });
  // There is no other listener between two commands; an error then shows in the next.
  socket.on('error', () => undefined);
  const ask = (command: string) => untilPrompt(socket, `${command}\n`, seconds * 1000);
  try {
    await ask('prompt');
    await ask(`set timeout cli ${seconds}`);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { ask, end: () => socket.destroy() };
}

function untilPrompt(socket: Socket, command: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    // A closed socket emits `close` only once.
    if (socket.destroyed) throw new Error('the session was closed');
    let answer = '';
    const onData = (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.length > LONGEST_ANSWER) socket.destroy();
      else if (answer.endsWith(PROMPT)) finish(() => resolve(answer.slice(0, -PROMPT.length)));
    };
    const onClose = () => finish(() => reject(new Error('the session was closed')));
    const onError = (error: Error) => finish(() => reject(error));
    const patience = setTimeout(onClose, timeoutMs);
    const finish = (settle: () => void) => {
      clearTimeout(patience);
      socket.off('data', onData).off('close', onClose).off('error', onError);
      settle();
    };
    socket.on('data', onData).on('close', onClose).on('error', onError);
    socket.write(command);
  });
}
