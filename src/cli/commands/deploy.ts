import { formatWeight } from '../../proxy/weight.ts';
import { deploy } from '../../workflows/deploy.ts';
import type { Session } from '../session.ts';

export async function runDeploy(
  { context, output }: Session,
  options: {
    branch: string;
    apply: string[];
    message?: string | undefined;
    weight?: number | undefined;
  },
): Promise<undefined> {
  const result = await deploy(context, {
    branch: options.branch,
    patches: options.apply,
    message: options.message,
    weight: options.weight,
  });
  output.result({ type: 'result', ...result }, () => {
    const previews = result.entries.flatMap(({ preview }) =>
      preview ? [`  the canary alone: ${preview}`] : [],
    );
    return [
      `${output.theme.canary('The canary runs')}: ${result.branch} at ${result.commit.slice(0, 12)}, ${formatWeight(result.weight)} of users.`,
      ...previews,
      'Next: `canary status`, `canary weight N`, then `canary promote` or `canary revert`.',
    ].join('\n');
  });
  return undefined;
}
