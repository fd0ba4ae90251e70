/** Exit codes of the command line (a stable interface, see README). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  judgedBad: 3,
  inconclusive: 4,
  lockHeld: 5,
  unreachable: 6,
  dataProtected: 7,
  interrupted: 130,
} as const;

/** Every error a user can meet, with the exit code it ends in. Codes are a stable interface. */
export const EXIT_CODE_OF = {
  usage: EXIT.usage,
  'compose-file-missing': EXIT.usage,
  'compose-file-invalid': EXIT.usage,
  'compose-file-untracked': EXIT.usage,
  'state-foreign': EXIT.usage,
  'config-missing': EXIT.usage,
  'config-invalid': EXIT.usage,
  'file-unusable': EXIT.usage,
  'service-unknown': EXIT.usage,
  'service-stateful': EXIT.usage,
  'service-not-cloneable': EXIT.usage,
  'service-unreachable': EXIT.usage,
  'certificate-missing': EXIT.usage,
  'certificate-invalid': EXIT.usage,
  'certificate-mismatch': EXIT.usage,
  'port-unknown': EXIT.usage,
  'caller-unusable': EXIT.usage,
  'port-taken': EXIT.usage,
  'repository-missing': EXIT.usage,
  'repository-foreign': EXIT.usage,
  'branch-unknown': EXIT.usage,
  'branch-name-unsafe': EXIT.usage,
  'branch-untrusted': EXIT.usage,
  'branch-exists': EXIT.usage,
  'branch-ahead': EXIT.usage,
  'commit-unknown': EXIT.usage,
  'remote-unknown': EXIT.usage,
  'branch-checked-out': EXIT.usage,
  'remote-unusable': EXIT.usage,
  'remote-exists': EXIT.usage,
  'target-unusable': EXIT.usage,
  'push-invalid': EXIT.usage,
  'patch-missing': EXIT.usage,
  'patch-refused': EXIT.usage,
  'merge-conflict': EXIT.usage,
  'local-changes-in-the-way': EXIT.usage,
  'answer-needed': EXIT.usage,
  'notify-unknown': EXIT.usage,
  'no-canary': EXIT.usage,
  'release-unknown': EXIT.usage,
  'proxy-not-up': EXIT.usage,
  'strategy-refuses': EXIT.usage,
  'not-proven': EXIT.usage,
  'not-judged': EXIT.usage,
  'image-changed': EXIT.usage,
  'image-unknown': EXIT.usage,
  'branch-moved': EXIT.failed,
  'commit-failed': EXIT.failed,
  'git-failed': EXIT.failed,
  'push-refused': EXIT.failed,
  'submodule-failed': EXIT.failed,
  'large-files-missing': EXIT.failed,
  'revert-failed': EXIT.failed,
  'build-failed': EXIT.failed,
  'registry-refused': EXIT.failed,
  'registry-limited': EXIT.failed,
  'pull-failed': EXIT.failed,
  'start-failed': EXIT.failed,
  'take-over-failed': EXIT.failed,
  'not-ready': EXIT.failed,
  'promotion-failed': EXIT.failed,
  'command-failed': EXIT.failed,
  'hook-failed': EXIT.failed,
  'journal-unreadable': EXIT.failed,
  'disk-full': EXIT.failed,
  'output-unwritable': EXIT.failed,
  stopped: EXIT.failed,
  'taken-over': EXIT.failed,
  'wait-timeout': EXIT.failed,
  'wait-ended': EXIT.failed,
  'canary-removed': EXIT.failed,
  'breaker-tripped': EXIT.inconclusive,
  'judged-bad': EXIT.judgedBad,
  'not-measured': EXIT.inconclusive,
  'data-protected': EXIT.dataProtected,
  'not-rehearsed': EXIT.dataProtected,
  'backup-failed': EXIT.dataProtected,
  'rehearsal-failed': EXIT.failed,
  'migration-failed': EXIT.failed,
  internal: EXIT.failed,
  'lock-held': EXIT.lockHeld,
  'engine-unreachable': EXIT.unreachable,
  'compose-missing': EXIT.unreachable,
  'compose-too-old': EXIT.unreachable,
  'proxy-unreachable': EXIT.unreachable,
  'registry-unreachable': EXIT.unreachable,
  'remote-unreachable': EXIT.unreachable,
  interrupted: EXIT.interrupted,
} as const;

export type ErrorCode = keyof typeof EXIT_CODE_OF;

/** A place in a file of the user, and what is wrong there. */
export interface FileProblem {
  /** The setting, such as `services.web.entry`. */
  path: string;
  /** Line and column, from 1. */
  line: number;
  column: number;
  /** How many characters are marked, at least 1. */
  length: number;
  /** The line as the user wrote it; values that may be secret are masked. */
  source: string;
  text: string;
}

export interface CanaryErrorOptions {
  /** What the user can do about it, one sentence. */
  hint?: string;
  /** Further lines, for instance every problem of a file or the output of a failed command. */
  details?: readonly string[];
  /** The same as the details, by their places in a file of the user. */
  problems?: readonly FileProblem[];
  cause?: unknown;
}

/** The one error class for everything a user can cause or meet; anything else is a bug. */
export class CanaryError extends Error {
  override readonly name = 'CanaryError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];
  readonly problems: readonly FileProblem[];

  constructor(code: ErrorCode, message: string, options: CanaryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? [];
    this.problems = options.problems ?? [];
  }

  get exitCode(): number {
    return EXIT_CODE_OF[this.code];
  }
}

/** Narrows an unknown error to one with the given code. */
export function hasCode(error: unknown, code: ErrorCode): error is CanaryError {
  return error instanceof CanaryError && error.code === code;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
