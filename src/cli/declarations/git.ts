import type { Program, Run } from '../session.ts';

/** The git side: branches, patches, pushing, and repositories that deploy what is pushed to them. */
export function declareGitCommands(program: Program, run: Run): void {
  program
    .command('branch')
    .description('make a branch from the stable one, without switching to it')
    .argument('<name>', 'the new branch')
    .option('--from <ref>', 'begin at this branch, tag or commit')
    .action((name, options) =>
      run(async (session) =>
        (await import('../commands/branch.ts')).runBranch(session, name, options),
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
        (await import('../commands/apply.ts')).runApply(session, patches, options),
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
        (await import('../commands/push.ts')).runPush(session, remote, options),
      ),
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
        (await import('../commands/remote.ts')).runRemoteAdd(session, {
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
        (await import('../commands/remote.ts')).runRemotePrepare(session, {
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
      run(async (session) => (await import('../commands/receive.ts')).runReceive(session, options)),
    );
}
