import type { Context } from '../../context.ts';
import { CanaryError, EXIT, hasCode } from '../../errors.ts';
import { collect, collectException, weightArgument } from '../arguments.ts';
import { wishesOf, withImageOptions } from '../image-options.ts';
import { exitOf } from '../output.ts';
import type { Program, WithSession } from '../session.ts';

export function deploy(program: Program, run: WithSession): void {
  withImageOptions(
    program
      .command('deploy')
      .description(
        'put a branch, or images that were built elsewhere, beside the stable as its canary',
      )
      .option('-b, --branch <name>', 'the branch (default: git.canary of canary.yaml)'),
  )
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
      'allow destructive:TABLE, contracting:TABLE, unclassified:NAME or unrehearsed:SERVICE (repeatable)',
      collectException,
      [],
    )
    .option('--detach', 'return when the first step has begun; run `canary resume` to go on')
    .option('--remote <name>', 'deploy on the machine of this git remote, with a push')
    .action(
      run(async (session, { remote, detach = false, allow, ...flags }) => {
        const { context, output, globals } = session;
        const { branch, apply: patches, message, weight } = flags;
        const wishes = await wishesOf(flags, context.options.directory);
        if (wishes && (remote !== undefined || patches.length > 0)) throw needsBranch();
        const named = wishes ? '' : (branch ?? (await canaryBranch(context)));
        const ofBranch = { branch: named, patches, message };
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
          const result = await deployRemote(context, remote, ofBranch, weight);
          output.result({ type: 'result', ...result }, () => deployRemoteText(result));
          return EXIT.done;
        }
        const { deploy } = await import('../../workflows/deploy.ts');
        const { deployText, NOTHING_NEW } = await import('../../ui/traffic-view.ts');
        const source = wishes ?? ofBranch;
        const isSure = globals.yes;
        const { followed } = await import('../followed.ts');
        const deploying = (shown: typeof context) =>
          deploy(shown, { source, weight, detach, allow, isSure });
        const { result, steered } = await followed(session, 'deploy', deploying);
        if (result === undefined) return steered ?? EXIT.done;
        if (result === null) {
          output.result({ type: 'result', release: null }, () => NOTHING_NEW);
          return EXIT.done;
        }
        output.result({ type: 'result', ...result }, () => deployText(result, output.theme));
        return exitOf(result);
      }, true),
    );
}

/** The branch of canary.yaml; without a repository there is none to deploy. */
async function canaryBranch(context: Context): Promise<string> {
  const { findRepository } = await import('../../project/git/repository.ts');
  const found = await findRepository(context).catch((error: unknown) => {
    throw hasCode(error, 'repository-missing') ? nothingNamed() : error;
  });
  return found.config.git.canary;
}

function nothingNamed(): CanaryError {
  return new CanaryError('usage', 'There is nothing to deploy yet.', {
    hint: 'Name a branch: `--branch NAME`. Or an image that was built elsewhere: `--tag TAG`, `--image SERVICE=IMAGE`, `--set NAME=VALUE` or `--pull`.',
  });
}

function needsBranch(): CanaryError {
  return new CanaryError('usage', '`--apply` and `--remote` need a branch.', {
    hint: 'Images that were built elsewhere are deployed on their machine: `canary deploy --tag TAG` there.',
  });
}
