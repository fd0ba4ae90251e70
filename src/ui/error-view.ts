import type { ErrorDocument, UsersNow } from '../documents/error.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { clause } from '../sentences.ts';
import { placeLines } from './place-view.ts';
import type { Theme } from './theme.ts';

/**
 * An error for the operator: the message, the details, what to do. A bug shows its stack only with
 * `--verbose`.
 */
export function errorText(error: unknown, theme: Theme, isVerbose: boolean): string {
  if (!(error instanceof CanaryError)) {
    const stack = isVerbose && error instanceof Error ? `\n${error.stack ?? ''}` : '';
    return `${theme.bad('✖')} ${theme.bold('This is a bug in canary:')} ${messageOf(error)}${stack}\n  ${theme.dim('Run it again with --verbose and report what it prints.')}`;
  }
  const lines = [`${theme.bad('✖')} ${theme.bold(error.message)}`];
  // The message may repeat one of them, with words of its own around it.
  const details = error.details.filter(
    (detail) => detail === '' || !error.message.includes(clause(detail)),
  );
  const shown = error.problems.length > 0 ? error.problems.flatMap(placeLines(theme)) : details;
  for (const line of shown) lines.push(`  ${theme.dim('│')} ${line}`);
  if (error.hint) lines.push(`  ${error.hint}`);
  return lines.join('\n');
}

/** The error as JSON for programs (contract, README). `users`: of a command that may have moved them. */
export function errorDocument(error: unknown, users?: UsersNow): ErrorDocument {
  const now = users ? { users } : {};
  if (!(error instanceof CanaryError)) {
    return { error: { code: 'internal', message: messageOf(error), hint: null, ...now } };
  }
  const { code, message, hint, details } = error;
  const problems = error.problems.map(({ path, line, column, text }) => ({
    ...{ path, line, column },
    message: text,
  }));
  return {
    error: {
      ...{ code, message, hint: hint ?? null },
      ...(details.length > 0 ? { details } : {}),
      ...(problems.length > 0 ? { problems } : {}),
      ...now,
    },
  };
}
