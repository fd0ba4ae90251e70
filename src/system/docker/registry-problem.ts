import { CanaryError, type ErrorCode } from '../../errors.ts';
import { tail } from '../process.ts';
import { NO_SPACE } from './failures.ts';
import { parsedObject } from './json-lines.ts';

interface Problem {
  code: ErrorCode;
  says: RegExp;
  message: (reference: string) => string;
  hint: string;
}

/** What registries and the engine say, the most certain first. Source: the error codes of the OCI distribution specification. */
const PROBLEMS: readonly Problem[] = [
  NO_SPACE,
  {
    code: 'registry-refused',
    says: /error getting credentials/i,
    message: (reference) => `Docker got no credentials for the registry of ${reference}.`,
    hint: 'The helper itself failed: try `docker login` as the user who runs canary.',
  },
  {
    code: 'image-unknown',
    says: /no matching manifest for|does not match the specified platform/i,
    message: (reference) => `${reference} is not built for the platform of this engine.`,
    hint: 'Build it for this platform too: `docker buildx build --platform …`.',
  },
  {
    code: 'registry-limited',
    says: /toomanyrequests|too many requests|rate limit/i,
    message: (reference) =>
      `The registry gives out no more of ${reference} for now: its rate limit is reached.`,
    hint: 'Wait until the limit is lifted, or sign in with `docker login`, which usually allows more.',
  },
  {
    code: 'registry-refused',
    says: /unauthorized|authentication required|no basic auth|denied|forbidden/i,
    message: (reference) => `The registry does not give out ${reference} to this user.`,
    hint: 'Sign in with `docker login` as the user who runs canary, and check the name: some registries say the same of an image that does not exist.',
  },
  {
    code: 'image-unknown',
    says: /manifest unknown|name unknown|not found|does not exist|invalid reference/i,
    message: (reference) => `The registry has no ${reference}.`,
    hint: 'Check the tag or the digest: was it pushed, and to this registry?',
  },
  {
    code: 'registry-unreachable',
    says: /x509|certificate/i,
    message: (reference) => `The certificate of the registry of ${reference} is not trusted.`,
    hint: 'Give its authority to Docker Engine: `/etc/docker/certs.d/HOST:PORT/ca.crt`.',
  },
];

const TRANSIENT =
  /dial tcp|i\/o timeout|no such host|connection refused|connection reset|unexpected eof|\beof\b|tls handshake timeout|deadline exceeded|request canceled|temporary failure|\b50[0234]\b|bad gateway|service unavailable|gateway time-?out|internal server error/i;

/** Whether a failed call may succeed if it is made again: the network or the registry was away. */
export function passesByItself(stderr: string): boolean {
  return !PROBLEMS.some(({ says }) => says.test(stderr)) && TRANSIENT.test(stderr);
}

/** What a registry said of an image, or of several, as an error of canary's. */
export function registryProblem(reference: string, stderr: string): CanaryError {
  const known = PROBLEMS.find(({ says }) => says.test(stderr));
  const details = tail(messagesIn(stderr), 3);
  const unchanged = 'No user was touched.';
  if (known)
    return new CanaryError(known.code, known.message(reference), {
      details,
      hint: `${known.hint} ${unchanged}`,
    });
  return TRANSIENT.test(stderr)
    ? new CanaryError('registry-unreachable', `The registry of ${reference} cannot be reached.`, {
        details,
        hint: `Docker Engine asks it, not canary: check that this machine reaches it. ${unchanged}`,
      })
    : new CanaryError('pull-failed', `${reference} could not be pulled.`, {
        details,
        hint: unchanged,
      });
}

/** Compose prints progress and its last error as JSON: of that only the error's message. */
function messagesIn(stderr: string): string {
  const said = stderr.split('\n').flatMap((line) => {
    const told = parsedObject(line);
    if (!told) return line;
    return told.error === true && typeof told.message === 'string' ? told.message : [];
  });
  return said.join('\n');
}
