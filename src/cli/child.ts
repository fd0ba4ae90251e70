import { tail } from '../system/process.ts';
import type { Session } from './session.ts';

/** Commands of canary itself that a key has started, as another terminal would. */
export interface Children {
  /** Starts one; what it is and how it ended is told by `say`. */
  start(args: readonly string[], say: (text: string) => void): Promise<void>;
  /** The name of one that still runs. */
  running(): string | undefined;
  /** Waits until all have ended; the exit code of the last one that steered a release and ended well. */
  settled(): Promise<number | undefined>;
}

/** Longer than any command that steers a release. */
const PATIENCE_MS = 24 * 3_600_000;

/** Starts commands with the same flags as this one, each a process of its own. */
export function canaryChild({ context, globals, streams }: Session): Children {
  const { program, runProgram, signal } = context;
  const running = new Map<Promise<void>, string>();
  let steered: number | undefined;
  const run = async (args: readonly string[], say: (text: string) => void) => {
    const name = `canary ${args.join(' ')}`;
    const argv = [program.node, program.script, ...flagsOf(globals), ...args];
    const options = { argv, cwd: streams.cwd, facts: { NO_COLOR: '1' }, timeout: PATIENCE_MS };
    const end = await runProgram(options, signal);
    const lines = tail(end.output, args[0] === 'compose' ? 60 : 12);
    const how =
      'problem' in end ? end.problem : end.exitCode === 0 ? '' : `exit code ${end.exitCode}`;
    say([`> ${name}${how && `: ${how}`}`, ...lines.map((line) => `  ${line}`)].join('\n'));
    if ('exitCode' in end && end.exitCode === 0 && args[0] !== 'compose') steered = end.exitCode;
  };
  return {
    start(args, say) {
      const work: Promise<void> = run(args, say)
        // It was ended with this command, which tells why.
        .catch(() => undefined)
        .finally(() => running.delete(work));
      running.set(work, args[0] ?? '');
      return work;
    },
    running: () => [...running.values()].find((name) => name !== 'compose'),
    async settled() {
      while (running.size > 0) await Promise.all(running.keys());
      return steered;
    },
  };
}

/** The flags that say which project it is. */
function flagsOf({
  directory,
  file,
  projectName,
  envFile,
  profile,
  config,
}: Session['globals']): string[] {
  const each = (flag: string, values: readonly string[]) =>
    values.map((value) => `${flag}=${value}`);
  return [
    ...each('--directory', [directory]),
    ...each('--file', file),
    ...each('--project-name', projectName === undefined ? [] : [projectName]),
    ...each('--env-file', envFile),
    ...each('--profile', profile),
    ...each('--config', config === undefined ? [] : [config]),
  ];
}
