import {
  collect,
  collectEntry,
  collectIdentity,
  collectMount,
  collectRole,
  promoteArgument,
  stepsArgument,
} from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function init(program: Program, run: WithSession): void {
  program
    .command('init')
    .description('find entries and stateful services, write canary.yaml and commit only that file')
    .option('-s, --service <name>', 'a service to clone (repeatable)', collect, [])
    .option('--role <service=role>', 'what a service is, if it is guessed wrong', collectRole, {})
    .option('--entry <service=port>', 'the port through which users come', collectEntry, {})
    .option('--mount <path=side>', '`shared` (data) or `branch` (code)', collectMount, {})
    .option(
      '--identity <place>',
      'where requests name their user (repeatable)',
      collectIdentity,
      [],
    )
    .option('--migrate <service>', 'the service that migrates the database')
    .option(
      '--steps <list>',
      '`5:10m,25:10m`: percent and time of each step; or `none`',
      stepsArgument,
    )
    .option('--promote <when>', '`auto` or `manual`: what follows the last step', promoteArgument)
    .option('--no-commit', 'write the file and leave it uncommitted')
    .option('-m, --message <text>', 'message of the commit')
    .action(
      run(async ({ context, output, globals: { yes } }, { service: services, ...flags }) => {
        const { role: roles, entry: entries, mount: mounts, identity, ...rest } = flags;
        const { init } = await import('../../workflows/init.ts');
        const { initText } = await import('../../ui/setup-view.ts');
        const places = identity.length > 0 ? identity : undefined;
        const said = { services, roles, entries, mounts, identity: places };
        const result = await init(context, { yes, ...said, ...rest });
        output.result(result, () => initText(result, output.theme));
      }),
    );
}
