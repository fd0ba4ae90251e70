import type { Program, WithSession } from '../session.ts';

export function remote(program: Program, run: WithSession): void {
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
    .action(
      run(async ({ context, output }, name, url, { production, program }) => {
        const { addRemote } = await import('../../workflows/push-to-deploy/remote-add.ts');
        const { remoteAddText } = await import('../../ui/git-view.ts');
        const result = await addRemote(context, { name, url, directory: production, program });
        output.result(result, () => remoteAddText(result));
      }),
    );

  remote
    .command('prepare')
    .description('prepare a repository on this machine; `remote add` runs this on the other one')
    .argument('<path>', 'the repository to push to; made when it is not there')
    .option('--production <dir>', 'where production runs (default: beside the repository)')
    .option('--project <dir>', 'folder of the compose project inside the repository', '')
    .option('--stable <branch>', 'the branch production is built from', 'main')
    .option('--object-format <name>', 'of a repository that is made: sha1 or sha256')
    .action(
      run(async ({ context, output }, repository, { production: directory, ...flags }) => {
        const { prepareTarget } = await import('../../workflows/push-to-deploy/prepare-target.ts');
        const { remotePrepareText } = await import('../../ui/git-view.ts');
        const result = await prepareTarget(context, { repository, directory, ...flags });
        output.result(result, () => remotePrepareText(result));
      }),
    );
}
