import { Command } from '@commander-js/extra-typings';
import { collect } from './arguments.ts';
import { declareGitCommands } from './declarations/git.ts';
import { declareProjectCommands } from './declarations/project.ts';
import { declareReleaseCommands } from './declarations/release.ts';
import type { Action, Dispatch, Globals } from './session.ts';

/** The whole command line: names, flags and help. What a command does is loaded when it runs. */
export function buildProgram(dispatch: Dispatch, version: string) {
  const program = new Command('canary')
    .description('Canary deployments for people who run production with docker compose.')
    .version(version)
    .option('-C, --directory <dir>', 'work as if started in this folder', '.')
    .option('-f, --file <file>', 'compose file (repeatable)', collect, [])
    .option('-p, --project-name <name>', 'compose project name')
    .option('--env-file <file>', 'file with values for the compose file (repeatable)', collect, [])
    .option('--profile <name>', 'compose profile to enable (repeatable)', collect, [])
    .option('--config <file>', 'another canary.yaml')
    .option('--json', 'print JSON on standard output', false)
    .option('-q, --quiet', 'print errors only', false)
    .option('--verbose', 'also print plans and what the programs underneath say', false)
    .option('--yes', 'take the likely answer instead of asking', false)
    .option('--no-color', 'no colours')
    .addHelpText('after', EXIT_CODES);

  const run = (action: Action, follows = false) =>
    dispatch(program.opts() as Globals, action, follows);

  declareProjectCommands(program, run);
  declareGitCommands(program, run);
  declareReleaseCommands(program, run);
  return program;
}

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed
  2    usage, configuration or refused input
  3    the canary was judged bad
  4    paused: the breaker took the canary out, or the canary could not be measured
  5    another command holds the lock
  6    engine, compose or proxy not reachable
  130  interrupted`;
