import type { Streams } from './output.ts';

type Environment = Streams['env'];

/** Docker's own options, as far as they come before the name of a plugin, with the variables that say the same. */
const DOCKER_OPTIONS: Readonly<
  Record<string, (value: string) => Record<string, string | undefined>>
> = {
  '--context': (value) => ({ DOCKER_CONTEXT: value, DOCKER_HOST: undefined }),
  '--host': (value) => ({ DOCKER_HOST: value, DOCKER_CONTEXT: undefined }),
  '--config': (value) => ({ DOCKER_CONFIG: value }),
  '--log-level': () => ({}),
  '--tlscacert': () => ({}),
  '--tlscert': () => ({}),
  '--tlskey': () => ({}),
};
const SHORT: Readonly<Record<string, string>> = {
  '-c': '--context',
  '-H': '--host',
  '-l': '--log-level',
};
const SWITCHES: ReadonlySet<string> = new Set(['-D', '--debug', '--tls', '--tlsverify']);

/** A command line without what Docker's CLI puts before it, and the environment that says the same. */
export interface OwnCommandLine {
  args: readonly string[];
  env: Environment;
}

/**
 * Reads how Docker's CLI calls a plugin: `docker --context X canary ARGS` becomes
 * `docker-canary --context X canary ARGS`. Other command lines are canary's own and stay as they are.
 */
export function asPlugin(argv: readonly string[], env: Environment): OwnCommandLine {
  const said: Record<string, string | undefined> = {};
  let at = 0;
  for (let word = argv[at]; word?.startsWith('-'); word = argv[at]) {
    const [name = word, inline] = word.startsWith('--') ? split(word) : [word];
    const option = DOCKER_OPTIONS[SHORT[name] ?? name];
    const value = inline ?? argv[at + 1];
    if (option && value !== undefined) {
      Object.assign(said, option(value));
      at += inline === undefined ? 2 : 1;
    } else if (SWITCHES.has(name)) at += 1;
    else return { args: argv, env };
  }
  if (argv[at] !== 'canary') return { args: argv, env };
  return { args: argv.slice(at + 1), env: { ...env, ...said } };
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
