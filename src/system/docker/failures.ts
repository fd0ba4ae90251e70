import { CanaryError } from '../../errors.ts';
import { tail } from '../process.ts';

/** The error for a port that something else holds, if the engine reports one. */
export function takenPort(stderr: string): CanaryError | undefined {
  const taken = /port is already allocated|address already in use/;
  const line = stderr.split('\n').find((each) => taken.test(each)) ?? '';
  const address = /(?:Bind for|listen tcp\d*) (\S+)/.exec(line)?.[1] ?? '';
  const found = /:(\d+):?$/.exec(address);
  return found ? portTaken(Number(found[1])) : undefined;
}

export function portTaken(port: number): CanaryError {
  return new CanaryError('port-taken', `Port ${port} of this machine is in use.`, {
    hint: `Find it with \`ss -ltnp 'sport = :${port}'\`, or choose another port.`,
  });
}

/** What the engine says when its disk is full, and the error for that. */
export const NO_SPACE = {
  code: 'disk-full',
  says: /no space left on device|disk quota exceeded/i,
  message: (what: string) => `There is no space left for ${what}.`,
  hint: '`docker system df` shows what takes the space. Images named `:before-…` and `:canary-…` are needed to go back.',
} as const;

/** The error for a full disk, if that is what the engine reports. `what`: for what it has no space. */
export function noSpace(what: string, said: string): CanaryError | undefined {
  const { code, says, message, hint } = NO_SPACE;
  if (!says.test(said)) return undefined;
  return new CanaryError(code, message(what), { details: tail(said, 3), hint });
}

/** Whether the output of a failed command says that the engine does not answer. */
export function isUnreachable(stderr: string): boolean {
  const isSilent =
    /cannot connect to the docker daemon|is the docker daemon running|error during connect/i;
  return isSilent.test(stderr) || isForbidden(stderr);
}

/** Whether it says that this user may not use the engine's socket. */
function isForbidden(stderr: string): boolean {
  return /permission denied while trying to connect/i.test(stderr);
}

/** The error for what a failed command says of the engine. */
export function engineUnreachable(stderr: string): CanaryError {
  return isForbidden(stderr) ? forbidden(stderr) : silent(stderr);
}

/** The error for a connection to the engine that could not be made, or that ended before its answer. */
export function connectionFailed(error: NodeJS.ErrnoException): CanaryError {
  if (error instanceof CanaryError) return error;
  const isRefused = error.code === 'EACCES' || error.code === 'EPERM';
  return isRefused ? forbidden(error.message) : silent(error.message);
}

function forbidden(details: string): CanaryError {
  return new CanaryError('engine-unreachable', 'You may not use the socket of Docker Engine.', {
    details: tail(details, 3),
    hint: 'Run canary as a user who may, or have an administrator add you to the group `docker` and sign in again. Its members can do what root can.',
  });
}

function silent(details: string): CanaryError {
  return new CanaryError('engine-unreachable', 'Docker Engine does not answer.', {
    details: tail(details, 3),
    hint: 'Start it (for instance `systemctl start docker`), then run `canary doctor`.',
  });
}

/** The error for an answer of the engine's API that is not the one that was asked for. */
export function engineRefused(what: string, body: string): CanaryError {
  const full = noSpace('Docker Engine', body);
  if (full) return full;
  return new CanaryError('command-failed', `The engine could not ${what}.`, {
    details: tail(messageOf(body)),
  });
}

/** The sentence in an answer of the engine, such as `{"message":"No such container: web"}`; else the answer itself. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body);
    return typeof message === 'string' ? message : body;
  } catch {
    return body;
  }
}
