import type { ReleaseRun } from '../project/run.ts';
import type { ProgramEnd } from '../system/user-program.ts';
import { factsOf, variablesOf } from './release-facts.ts';

/** A program as configured in canary.yaml. */
interface ConfiguredProgram {
  run: readonly string[];
  timeout: number;
}

/**
 * Runs one of the user's programs in the project's folder, as the user who runs canary, with the facts in its
 * environment. Its output is shown, never kept. Rejects only when the signal aborts.
 */
export function runConfigured(
  run: ReleaseRun,
  { run: argv, timeout }: ConfiguredProgram,
  signal: AbortSignal | undefined,
  facts: object = {},
): Promise<ProgramEnd> {
  const { context, project } = run;
  const program = {
    argv,
    cwd: project.directory,
    facts: variablesOf({ ...factsOf(run), ...facts }),
    timeout,
    onLine: (line: string) => context.emit({ type: 'output', line }),
  };
  return context.runProgram(program, signal);
}
