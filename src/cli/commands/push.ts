import type { Program, WithSession } from '../session.ts';

export function push(program: Program, run: WithSession): void {
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
    .action(
      run(async ({ context, output }, remote, flags) => {
        const { push } = await import('../../workflows/push.ts');
        const { pushText } = await import('../../ui/git-view.ts');
        const result = await push(context, { ...flags, remote });
        output.result(result, () => pushText(result));
      }),
    );
}
