import type { Exception } from '../../config/exception.ts';
import { CanaryError, EXIT } from '../../errors.ts';
import { formatWeight } from '../../proxy/weight.ts';
import { deploy } from '../../workflows/deploy.ts';
import { deployRemote } from '../../workflows/push-to-deploy/deploy-remote.ts';
import { exitOf } from '../exit-of.ts';
import type { Session } from '../session.ts';

interface DeployFlags {
  branch: string;
  apply: string[];
  message?: string | undefined;
  weight?: number | undefined;
  remote?: string | undefined;
  detach?: boolean | undefined;
  allow: Exception[];
}

export async function runDeploy(
  { context, output }: Session,
  { remote, apply, branch, message, weight, allow, detach = false }: DeployFlags,
): Promise<number> {
  const options = { branch, patches: apply, message, weight };
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
    const result = await deployRemote(context, remote, options);
    output.result({ type: 'result', ...result }, () =>
      result.changed
        ? `The canary runs ${branch} at ${result.commit.slice(0, 12)} behind ${remote}.`
        : `${remote} has ${branch} at ${result.commit.slice(0, 12)} already; nothing was deployed. \`canary deploy\` there starts it again.`,
    );
    return EXIT.done;
  }
  const result = await deploy(context, { ...options, detach, allow });
  output.result({ type: 'result', ...result }, () => {
    if (result.comparison) return `The canary is gone: ${result.reason}`;
    if (result.state === 'promoted')
      return `${output.theme.good('Promoted')}: ${result.branch} at ${result.commit.slice(0, 12)}; ${result.reason}.`;
    const previews = result.entries.flatMap(({ preview }) =>
      preview ? [`  the canary alone: ${preview}`] : [],
    );
    return [
      `${output.theme.canary('The canary runs')}: ${result.branch} at ${result.commit.slice(0, 12)}, ${formatWeight(result.weight)} of users.`,
      ...previews,
      ...(result.steps === undefined ? [] : [`  ${result.reason}`]),
      'Next: `canary status`, `canary weight N`, then `canary promote` or `canary revert`.',
    ].join('\n');
  });
  return exitOf(result);
}
