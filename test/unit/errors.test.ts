import { expect, test } from 'vitest';
import { CanaryError, type ErrorCode, EXIT, hasCode, messageOf } from '../../src/errors.ts';

/** The contract that programs rely on. The type keeps it complete: a new code does not compile without a line here. */
const EXIT_CODES: Record<ErrorCode, number> = {
  usage: 2,
  'compose-file-missing': 2,
  'compose-file-invalid': 2,
  'compose-file-untracked': 2,
  'state-foreign': 2,
  'config-missing': 2,
  'config-invalid': 2,
  'file-unusable': 2,
  'service-unknown': 2,
  'service-stateful': 2,
  'service-not-cloneable': 2,
  'service-unreachable': 2,
  'certificate-missing': 2,
  'certificate-invalid': 2,
  'certificate-mismatch': 2,
  'caller-unusable': 2,
  'port-unknown': 2,
  'port-taken': 2,
  'repository-missing': 2,
  'repository-foreign': 2,
  'branch-unknown': 2,
  'branch-name-unsafe': 2,
  'branch-untrusted': 2,
  'branch-ahead': 2,
  'branch-exists': 2,
  'commit-unknown': 2,
  'remote-unknown': 2,
  'branch-checked-out': 2,
  'remote-unusable': 2,
  'remote-exists': 2,
  'target-unusable': 2,
  'push-invalid': 2,
  'patch-missing': 2,
  'patch-refused': 2,
  'merge-conflict': 2,
  'local-changes-in-the-way': 2,
  'answer-needed': 2,
  'notify-unknown': 2,
  'no-canary': 2,
  'release-unknown': 2,
  'proxy-not-up': 2,
  'strategy-refuses': 2,
  'not-proven': 2,
  'not-judged': 2,
  'image-changed': 2,
  'image-unknown': 2,
  'branch-moved': 1,
  'commit-failed': 1,
  'git-failed': 1,
  'push-refused': 1,
  'submodule-failed': 1,
  'large-files-missing': 1,
  'revert-failed': 1,
  'build-failed': 1,
  'registry-refused': 1,
  'registry-limited': 1,
  'pull-failed': 1,
  'start-failed': 1,
  'take-over-failed': 1,
  'not-ready': 1,
  'promotion-failed': 1,
  'command-failed': 1,
  'hook-failed': 1,
  'journal-unreadable': 1,
  'output-unwritable': 1,
  'disk-full': 1,
  stopped: 1,
  'taken-over': 1,
  'wait-timeout': 1,
  'wait-ended': 1,
  'canary-removed': 1,
  'breaker-tripped': 4,
  'judged-bad': 3,
  'not-measured': 4,
  'data-protected': 7,
  'not-rehearsed': 7,
  'backup-failed': 7,
  'rehearsal-failed': 1,
  'migration-failed': 1,
  internal: 1,
  'lock-held': 5,
  'engine-unreachable': 6,
  'compose-missing': 6,
  'compose-too-old': 6,
  'proxy-unreachable': 6,
  'registry-unreachable': 6,
  'remote-unreachable': 6,
  interrupted: 130,
};

test.each(Object.entries(EXIT_CODES))('%s ends in %i', (code, exitCode) => {
  expect(new CanaryError(code as ErrorCode, 'x').exitCode).toBe(exitCode);
});

test('exit codes match the contract', () => {
  expect(EXIT).toEqual({
    done: 0,
    failed: 1,
    usage: 2,
    judgedBad: 3,
    inconclusive: 4,
    lockHeld: 5,
    unreachable: 6,
    dataProtected: 7,
    interrupted: 130,
  });
});

test('an error keeps its cause and has its code', () => {
  const cause = new Error('disk full');
  const error = new CanaryError('git-failed', 'git failed', { cause, details: ['a'] });
  expect(error.cause).toBe(cause);
  expect(error.details).toEqual(['a']);
  expect(hasCode(error, 'git-failed')).toBe(true);
  expect(hasCode(error, 'usage')).toBe(false);
  expect(hasCode(cause, 'git-failed')).toBe(false);
});

test('anything thrown has a message', () => {
  expect(messageOf(new Error('broken'))).toBe('broken');
  expect(messageOf('broken')).toBe('broken');
});
