import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CanaryError, messageOf } from '../errors.ts';
import { parseWeight } from '../proxy/weight.ts';
import type { Action, Dispatch, Globals } from './session.ts';

const collect = (value: string, earlier: string[]): string[] => [...earlier, value];

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

  program
    .command('init')
    .description('find entries and stateful services, write canary.yaml and commit that file alone')
    .option('-s, --service <name>', 'a service to clone (repeatable)', collect, [])
    .option('--no-commit', 'write the file and leave it uncommitted')
    .option('-m, --message <text>', 'message of the commit')
    .action((options) =>
      run(async (session) => (await import('./commands/init.ts')).runInit(session, options)),
    );

  program
    .command('render')
    .description('print the override canary would use, as plain compose YAML')
    .option('-b, --branch <name>', 'with the clones of this branch')
    .action((options) =>
      run(async (session) => (await import('./commands/render.ts')).runRender(session, options)),
    );

  program
    .command('plan')
    .description('print what would happen and why, as steps; changes nothing')
    .option('-b, --branch <name>', 'plan the deploy of this branch, not only `up`')
    .option(
      '-w, --weight <percent>',
      'the share of users that deploy would be given',
      weightArgument,
    )
    .option('--exit-code', 'exit with 1 when there is something to do', false)
    .action((options) =>
      run(async (session) => (await import('./commands/plan.ts')).runPlan(session, options)),
    );

  program
    .command('map')
    .description('print the service map: entries, slice, shared services, who calls whom')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['text', 'mermaid', 'dot', 'json'] as const)
        .default('text' as const),
    )
    .action((options) =>
      run(async (session) => (await import('./commands/map.ts')).runMap(session, options)),
    );

  program
    .command('up')
    .description('put the proxy in front of the stable')
    .action(() => run(async (session) => (await import('./commands/up.ts')).runUp(session)));

  program
    .command('down')
    .description('take proxy and canary away and give the ports back')
    .action(() => run(async (session) => (await import('./commands/down.ts')).runDown(session)));

  program
    .command('branch')
    .description('make a branch from the stable one, without switching to it')
    .argument('<name>', 'the new branch')
    .option('--from <ref>', 'begin at this branch, tag or commit')
    .action((name, options) =>
      run(async (session) =>
        (await import('./commands/branch.ts')).runBranch(session, name, options),
      ),
    );

  program
    .command('apply')
    .description('commit patches to a branch, all or none, without touching your working tree')
    .argument('<patch...>', 'plain diffs, or mails of `git format-patch`, which keep their author')
    .option('-b, --branch <name>', 'the branch (default: git.canary of canary.yaml)')
    .option('-m, --message <text>', 'message of the commit made from plain diffs')
    .option('--3way', 'merge where the branch has other lines around a change', false)
    .action((patches, options) =>
      run(async (session) =>
        (await import('./commands/apply.ts')).runApply(session, patches, options),
      ),
    );

  program
    .command('push')
    .description('push a branch to the same name at a remote, and show what the remote says')
    .argument('[remote]', 'the remote (default: git.remote of canary.yaml)')
    .option('-b, --branch <name>', 'the branch (default: git.canary of canary.yaml)')
    .option(
      '--force',
      'replace what is there, if it is what was last seen (--force-with-lease)',
      false,
    )
    .option('--releases', 'push the records of releases along', false)
    .action((remote, options) =>
      run(async (session) =>
        (await import('./commands/push.ts')).runPush(session, remote, options),
      ),
    );

  program
    .command('deploy')
    .description('put a branch beside the stable as its canary')
    .requiredOption('-b, --branch <name>', 'the branch to deploy')
    .option(
      '--apply <patch>',
      'apply a patch to the branch first (repeatable, all or none)',
      collect,
      [],
    )
    .option('-m, --message <text>', 'message of the commit made from plain diffs')
    .option(
      '-w, --weight <percent>',
      'share of users the canary gets once it is ready',
      weightArgument,
    )
    .option('--remote <name>', 'on the machine behind this remote, by pushing to it')
    .action((options) =>
      run(
        async (session) => (await import('./commands/deploy.ts')).runDeploy(session, options),
        true,
      ),
    );

  program
    .command('weight')
    .description('set the share of users on the canary by hand')
    .argument('<percent>', '0 to 100, in steps of 0.01', weightArgument)
    .action((percent) =>
      run(async (session) => (await import('./commands/weight.ts')).runWeight(session, percent)),
    );

  program
    .command('pause')
    .description('send every user to the stable for a while; `resume` gives them back')
    .action(() => run(async (session) => (await import('./commands/pause.ts')).runPause(session)));

  program
    .command('resume')
    .description('give a canary its users back that `pause` or the breaker took')
    .action(() =>
      run(async (session) => (await import('./commands/resume.ts')).runResume(session)),
    );

  program
    .command('promote')
    .description("make the canary's code the stable, without a gap")
    .option('-m, --message <text>', 'message of the merge commit, where one is needed')
    .action((options) =>
      run(async (session) => (await import('./commands/promote.ts')).runPromote(session, options)),
    );

  program
    .command('abort')
    .description('send every user to the stable at once, then remove the canary')
    .action(() => run(async (session) => (await import('./commands/abort.ts')).runAbort(session)));

  program
    .command('revert')
    .description('abort, and take the change back by a git revert commit on its branch')
    .argument('[release]', 'take back this release, also one that was promoted')
    .option('-m, --message <text>', 'message of the revert commit')
    .action((release, options) =>
      run(async (session) =>
        (await import('./commands/revert.ts')).runRevert(session, release, options),
      ),
    );

  program
    .command('status')
    .description('what runs, who gets what, and how it goes')
    .option('-w, --watch', 'print it again whenever it changes', false)
    .action((options) =>
      run(async (session) => (await import('./commands/status.ts')).runStatus(session, options)),
    );

  const remote = program
    .command('remote')
    .description('repositories that deploy what is pushed to them');

  remote
    .command('add')
    .description('prepare a repository that deploys what is pushed to it, and add it as a remote')
    .argument('<name>', 'name of the remote, such as deploy')
    .argument('<url>', 'ssh://[user@]host/path, [user@]host:path, or a path on this machine')
    .option('--production <dir>', 'where production runs there (default: beside the repository)')
    .option('--program <name>', 'how canary is called there', 'canary')
    .action((name, url, { production, program: there }) =>
      run(async (session) =>
        (await import('./commands/remote.ts')).runRemoteAdd(session, {
          ...{ name, url, directory: production, program: there },
        }),
      ),
    );

  remote
    .command('prepare')
    .description('prepare a repository on this machine; `remote add` runs this on the other one')
    .argument('<path>', 'the repository to push to; made when it is not there')
    .option('--production <dir>', 'where production runs (default: beside the repository)')
    .option('--project <dir>', 'folder of the compose project inside the repository', '')
    .option('--stable <branch>', 'the branch production is built from', 'main')
    .option('--object-format <name>', 'of a repository that is made: sha1 or sha256')
    .action((repository, options) =>
      run(async (session) =>
        (await import('./commands/remote.ts')).runRemotePrepare(session, {
          ...{ repository, directory: options.production },
          ...{ project: options.project, stable: options.stable },
          objectFormat: options.objectFormat,
        }),
      ),
    );

  program
    .command('receive')
    .description('what the hook of a deploy repository runs: deploys what is pushed to it')
    .requiredOption('--repository <dir>', 'the repository that is pushed to')
    .action((options) =>
      run(async (session) => (await import('./commands/receive.ts')).runReceive(session, options)),
    );

  program
    .command('history')
    .description('every release, newest first: when, what, how far it came and how it ended')
    .option('-n, --number <count>', 'only so many', countArgument)
    .action((options) =>
      run(async (session) => (await import('./commands/history.ts')).runHistory(session, options)),
    );

  program
    .command('doctor')
    .description('check engine, Compose, git, proxy, disk and clock')
    .action(() =>
      run(async (session) => (await import('./commands/doctor.ts')).runDoctor(session)),
    );

  return program;
}

function weightArgument(text: string): number {
  try {
    return parseWeight(text);
  } catch (error) {
    const hint = error instanceof CanaryError ? ` ${error.hint}` : '';
    throw new InvalidArgumentError(`${messageOf(error)}${hint}`);
  }
}

function countArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`\`${text}\` is not a number of releases.`);
}

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed
  2    usage, configuration or refused input
  5    another command holds the lock
  6    engine, compose or proxy not reachable
  130  interrupted`;
