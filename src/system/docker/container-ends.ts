/** A program inside a running container. */
export interface InContainer {
  container: string;
  command: readonly string[];
  /** Its environment besides the container's own; never part of an argument. */
  env?: Readonly<Record<string, string>>;
  /** Its standard input. */
  input?: string;
}

/** A path inside a container, running or not, as a tar archive. */
export interface Archive {
  container: string;
  path: string;
}

/**
 * Docker lets a program in a container continue when the command that started it is gone: a dump would read a whole
 * database for nothing. A killed command closes its standard input, and that ends the program. Every child is waited
 * for: an orphan becomes a child of the container's first process; if that is PostgreSQL, it takes an orphan that a
 * signal ended for a crash of its own, and ends every session of production.
 */
const TIED = `exec 3<&0
"$@" </dev/null 3<&- &
work=$!
{ read -r _ <&3; kill -s TERM $work; } >/dev/null 2>&1 &
watch=$!
wait $work
code=$?
kill $watch 2>/dev/null
wait $watch 2>/dev/null
exit $code`;

function tied(program: InContainer): InContainer {
  return { ...program, command: ['sh', '-c', TIED, 'sh', ...program.command] };
}

/** The arguments of Docker that read from an end; a program without input ends when canary does. */
export function sourceArguments(from: InContainer | Archive): string[] {
  if ('command' in from && from.input === undefined) return execArguments(tied(from), true);
  if ('command' in from) return execArguments(from);
  return ['container', 'cp', '--', `${from.container}:${from.path}`, '-'];
}

/** The arguments of Docker that write to an end. */
export function sinkArguments(to: InContainer | Archive): string[] {
  if ('command' in to) return execArguments(to, true);
  return ['container', 'cp', '--archive', '--', '-', `${to.container}:${to.path}`];
}

/** A program's input, as the options of a process. */
export function inputOf({ input }: InContainer) {
  return input === undefined ? ({ stdin: 'ignore' } as const) : { input };
}

/** The arguments of Docker that run a program in a container; none contains a value of its environment. */
export function execArguments(
  { container, command, env = {}, input }: InContainer,
  isFed = input !== undefined,
) {
  return [
    'exec',
    ...(isFed ? ['--interactive'] : []),
    // Docker takes the values from its own environment.
    ...Object.keys(env).flatMap((name) => ['--env', name]),
    '--',
    container,
    ...command,
  ];
}
