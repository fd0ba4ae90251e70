import { shortCommit } from '../../compose/model/names.ts';
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
        const result = await init(context, { services, yes, ...flags });
        output.result(result, () => {
          if (!result.written) return `${result.path} exists already; it was not changed.`;
          const line = ({ service, why }: { service: string; why: string }) =>
            `  ${output.theme.bold(service)}: ${why}`;
          return [
            `Wrote ${result.path}.`,
            ...result.services.map(line),
            ...(result.left.length > 0 ? ['Left to the stable:', ...result.left.map(line)] : []),
            result.commit
              ? `Committed to ${result.branch ?? 'a detached HEAD'} as ${shortCommit(result.commit)}.`
              : 'Not committed.',
            'Next: `canary up` puts the proxy in front of your services.',
          ].join('\n');
        });
      }),
    );
}
