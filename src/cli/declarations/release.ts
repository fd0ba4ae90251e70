import {
  chanceArgument,
  collect,
  collectException,
  collectSignal,
  collectState,
  countArgument,
  durationArgument,
  weightArgument,
} from '../arguments.ts';
import type { Program, Run } from '../session.ts';

/** Commands that start, steer and tell of releases. */
export function declareReleaseCommands(program: Program, run: Run): void {
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
      'share of users the canary gets, instead of the steps in canary.yaml',
      weightArgument,
    )
    .option(
      '--allow <exception>',
      'let one change of the rehearsal pass: destructive:TABLE, contracting:TABLE (repeatable)',
      collectException,
      [],
    )
    .option('--detach', 'return once the first step is in force; `canary resume` goes on')
    .option('--remote <name>', 'on the machine behind this remote, by pushing to it')
    .action((options) =>
      run(
        async (session) => (await import('../commands/deploy.ts')).runDeploy(session, options),
        true,
      ),
    );

  program
    .command('rehearse')
    .description('boot a branch on a throw-away copy of the shared database and tell what it does')
    .option('-b, --branch <name>', "the branch; canary.yaml's own when left out")
    .option(
      '--allow <exception>',
      'let one change pass: destructive:TABLE, contracting:TABLE (repeatable)',
      collectException,
      [],
    )
    .action((options) =>
      run(async (session) =>
        (await import('../commands/rehearse.ts')).runRehearse(session, options),
      ),
    );

  program
    .command('weight')
    .description('set the share of users on the canary by hand; ends the steps in canary.yaml')
    .argument('<percent>', '0 to 100, in steps of 0.01', weightArgument)
    .action((percent) =>
      run(async (session) => (await import('../commands/weight.ts')).runWeight(session, percent)),
    );

  program
    .command('pause')
    .description('send every user to the stable for a while; `resume` gives them back')
    .action(() => run(async (session) => (await import('../commands/pause.ts')).runPause(session)));

  program
    .command('resume')
    .description('give a canary its users back, and go on with the steps in canary.yaml')
    .action(() =>
      run(async (session) => (await import('../commands/resume.ts')).runResume(session)),
    );

  program
    .command('promote')
    .description("make the canary's code the stable, without a gap")
    .option('-m, --message <text>', 'message of the merge commit, where one is needed')
    .action((options) =>
      run(async (session) => (await import('../commands/promote.ts')).runPromote(session, options)),
    );

  program
    .command('abort')
    .description('send every user to the stable at once, then remove the canary')
    .action(() => run(async (session) => (await import('../commands/abort.ts')).runAbort(session)));

  program
    .command('revert')
    .description('abort, and take the change back by a git revert commit on its branch')
    .argument('[release]', 'take back this release, also one that was promoted')
    .option('-m, --message <text>', 'message of the revert commit')
    .action((release, options) =>
      run(async (session) =>
        (await import('../commands/revert.ts')).runRevert(session, release, options),
      ),
    );

  program
    .command('status')
    .description('what runs, who gets what, and how it goes')
    .option('-w, --watch', 'print it again whenever it changes', false)
    .action((options) =>
      run(async (session) => (await import('../commands/status.ts')).runStatus(session, options)),
    );

  program
    .command('wait')
    .description('wait until the release is in a state; goes on with steps that nobody watches')
    .option('--for <state>', 'such as promoted, paused or reverted (repeatable)', collectState, [])
    .option('--timeout <duration>', 'at most so long, such as 10m', durationArgument)
    .action((options) =>
      run(async (session) => (await import('../commands/wait.ts')).runWait(session, options)),
    );

  program
    .command('analyze')
    .description('judge a recorded release again, with other settings')
    .requiredOption('--replay <journal>', 'the file of a journal, or the id of a release')
    .option('--alpha <chance>', 'of taking back a canary that is no worse', chanceArgument)
    .option('--margin <percent>', 'of users who may be hurt', weightArgument)
    .option('--minimum-requests <count>', 'on the canary, for a step to pass', countArgument)
    .option('--signal <name>', 'failed, slow, refused or size (repeatable)', collectSignal, [])
    .action((options) =>
      run(async (session) => (await import('../commands/analyze.ts')).runAnalyze(session, options)),
    );

  program
    .command('check')
    .description('run the checks in canary.yaml and compare the answers of both sides now')
    .action(() => run(async (session) => (await import('../commands/check.ts')).runCheck(session)));

  program
    .command('history')
    .description('every release, newest first: when, what, how far it came and how it ended')
    .option('-n, --number <count>', 'only so many', countArgument)
    .action((options) =>
      run(async (session) => (await import('../commands/history.ts')).runHistory(session, options)),
    );
}
