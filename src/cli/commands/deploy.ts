import { CanaryError, EXIT } from '../../errors.ts';
import { collect, collectException, weightArgument } from '../arguments.ts';
import { exitOf } from '../output.ts';
import type { Program, WithSession } from '../session.ts';

export function deploy(program: Program, run: WithSession): void {
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
    .option('-m, --message <text>', 'commit message for patches that have none')
    .option(
      '-w, --weight <percent>',
      'share of users the canary gets, instead of the steps in canary.yaml',
      weightArgument,
    )
    .option(
      '--allow <exception>',
      'allow destructive:TABLE, contracting:TABLE or unrehearsed:SERVICE (repeatable)',
      collectException,
      [],
    )
    .option('--detach', 'return when the first step has begun; run `canary resume` to go on')
    .option('--remote <name>', 'deploy on the machine of this git remote, with a push')
    .action(
      run(async ({ context, output }, { remote, detach = false, allow, ...flags }) => {
        const { branch, apply: patches, message, weight } = flags;
        const options = { branch, patches, message, weight };
        if (remote !== undefined) {
          if (allow.length > 0) {
            throw new CanaryError('usage', '`--allow` and `--remote` do not go together.', {
              hint: 'Run `canary deploy --allow` on the machine behind the remote.',
            });
          }
          if (detach) {
            throw new CanaryError('usage', '`--detach` and `--remote` do not go together.', {
              hint: 'A push goes through the steps on the other machine; `canary pause` or `canary weight N` there end them.',
            });
          }
          const { deployRemote } = await import('../../workflows/push-to-deploy/deploy-remote.ts');
          const { deployRemoteText } = await import('../../ui/git-view.ts');
          const result = await deployRemote(context, remote, options);
          output.result({ type: 'result', ...result }, () => deployRemoteText(result));
          return EXIT.done;
        }
        const { deploy } = await import('../../workflows/deploy.ts');
        const { deployText } = await import('../../ui/traffic-view.ts');
        const result = await deploy(context, { ...options, detach, allow });
        output.result({ type: 'result', ...result }, () => deployText(result, output.theme));
        return exitOf(result);
      }, true),
    );
}
