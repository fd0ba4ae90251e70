import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { EXIT } from '../errors.ts';
import { collect, durationArgument } from './arguments.ts';
import { abort } from './commands/abort.ts';
import { analyze } from './commands/analyze.ts';
import { apply } from './commands/apply.ts';
import { branch } from './commands/branch.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { compose } from './commands/compose.ts';
import { deploy } from './commands/deploy.ts';
import { doctor } from './commands/doctor.ts';
import { down } from './commands/down.ts';
import { help } from './commands/help.ts';
import { history } from './commands/history.ts';
import { init } from './commands/init.ts';
import { lock } from './commands/lock.ts';
import { map } from './commands/map.ts';
import { notify } from './commands/notify.ts';
import { pause } from './commands/pause.ts';
import { plan } from './commands/plan.ts';
import { promote } from './commands/promote.ts';
import { push } from './commands/push.ts';
import { receive } from './commands/receive.ts';
import { rehearse } from './commands/rehearse.ts';
import { remote } from './commands/remote.ts';
import { render } from './commands/render.ts';
import { report } from './commands/report.ts';
import { resume } from './commands/resume.ts';
import { revert } from './commands/revert.ts';
import { status } from './commands/status.ts';
import { up } from './commands/up.ts';
import { wait } from './commands/wait.ts';
import { weight } from './commands/weight.ts';
import { EXAMPLES } from './examples.ts';
import { HELP_STYLE, pathOf, visibleCommands } from './help-style.ts';
import type { Dispatch, Globals, WithSession } from './session.ts';

/** In the order of `--help`. */
const GROUPS = {
  'Set up:': [init, up, down, doctor, completion],
  'Release:': [plan, rehearse, deploy, check],
  'Steer:': [weight, pause, resume, promote, abort, revert],
  'Look:': [status, wait, history, map, render, analyze, report, lock, notify, compose],
  'Git:': [branch, apply, push],
  'Server:': [remote, receive],
};

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
    .option('--config <file>', 'use this file instead of canary.yaml')
    .option('--json', 'print JSON on standard output', false)
    .option('-q, --quiet', 'print the result alone, without progress', false)
    .option('--verbose', 'also print plans and the output of Docker, Compose and git', false)
    .option('--yes', 'accept the default answer to every prompt', false)
    .option(
      '--lock-wait <duration>',
      'wait so long for another command to end (default: not at all)',
      durationArgument,
    )
    .option('--no-color', 'no colours')
    .addHelpText('after', exitCodes());
  const run: WithSession =
    (action, follows = false) =>
    (...args) =>
      dispatch(program.opts() as Globals, (session) => action(session, ...args), follows);
  program.configureHelp(HELP_STYLE);
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const declare of commands) declare(program, run);
  }
  program.commandsGroup('Help:');
  help(program);
  for (const command of visibleCommands(program)) addExamples(command);
  return program;
}

/** What each exit code means. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done',
  failed: 'failed',
  usage: 'wrong command, option, input or configuration',
  judgedBad: 'the canary was judged bad and taken back',
  inconclusive: 'inconclusive: you have to decide',
  lockHeld: 'another canary command is running',
  unreachable: 'Docker, Compose, the proxy or the remote cannot be reached',
  dataProtected: 'refused to protect data',
  interrupted: 'interrupted',
};

function exitCodes(): string {
  const lines = Object.entries(EXIT).map(
    ([name, code]) => `  ${String(code).padEnd(5)}${EXIT_MEANINGS[name as keyof typeof EXIT]}`,
  );
  return ['', 'Exit codes:', ...lines].join('\n');
}

function addExamples(command: CommandUnknownOpts): void {
  const examples = EXAMPLES[pathOf(command)] ?? [];
  if (examples.length === 0) return;
  command.addHelpText(
    'after',
    ['', 'Examples:', ...examples.map((each) => `  ${each}`)].join('\n'),
  );
}
