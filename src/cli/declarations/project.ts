import { Option } from '@commander-js/extra-typings';
import { collect, weightArgument } from '../arguments.ts';
import type { Program, Run } from '../session.ts';

/** Commands that look at a compose project and put the proxy in front of it. */
export function declareProjectCommands(program: Program, run: Run): void {
  program
    .command('init')
    .description('find entries and stateful services, write canary.yaml and commit that file alone')
    .option('-s, --service <name>', 'a service to clone (repeatable)', collect, [])
    .option('--no-commit', 'write the file and leave it uncommitted')
    .option('-m, --message <text>', 'message of the commit')
    .action((options) =>
      run(async (session) => (await import('../commands/init.ts')).runInit(session, options)),
    );

  program
    .command('render')
    .description('print the override canary would use, as plain compose YAML')
    .option('-b, --branch <name>', 'with the clones of this branch')
    .action((options) =>
      run(async (session) => (await import('../commands/render.ts')).runRender(session, options)),
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
      run(async (session) => (await import('../commands/plan.ts')).runPlan(session, options)),
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
      run(async (session) => (await import('../commands/map.ts')).runMap(session, options)),
    );

  program
    .command('up')
    .description('put the proxy in front of the stable')
    .action(() => run(async (session) => (await import('../commands/up.ts')).runUp(session)));

  program
    .command('down')
    .description('take proxy and canary away and give the ports back')
    .action(() => run(async (session) => (await import('../commands/down.ts')).runDown(session)));

  program
    .command('doctor')
    .description('check engine, Compose, git, proxy, disk and clock')
    .action(() =>
      run(async (session) => (await import('../commands/doctor.ts')).runDoctor(session)),
    );
}
