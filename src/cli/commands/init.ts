import { collect } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function init(program: Program, run: WithSession): void {
  program
    .command('init')
    .description('find entries and stateful services, write canary.yaml and commit only that file')
    .option('-s, --service <name>', 'a service to clone (repeatable)', collect, [])
    .option('--no-commit', 'write the file and leave it uncommitted')
    .option('-m, --message <text>', 'message of the commit')
    .action(
      run(async ({ context, output, globals: { yes } }, { service: services, ...flags }) => {
        const { init } = await import('../../workflows/init.ts');
        const { initText } = await import('../../ui/setup-view.ts');
        const result = await init(context, { services, yes, ...flags });
        output.result(result, () => initText(result, output.theme));
      }),
    );
}
