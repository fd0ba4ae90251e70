import { init } from '../../workflows/init.ts';
import type { Session } from '../session.ts';

export async function runInit(
  { context, output, globals }: Session,
  options: { service: string[]; commit: boolean; message?: string | undefined },
): Promise<undefined> {
  const result = await init(context, {
    services: options.service,
    yes: globals.yes,
    commit: options.commit,
    message: options.message,
  });
  output.result(result, () => {
    if (!result.written) return `${result.path} is there already; it was left as it is.`;
    const lines = result.services.map(
      ({ service, why }) => `  ${output.theme.bold(service)}: ${why}`,
    );
    const left = result.left.map(({ service, why }) => `  ${output.theme.bold(service)}: ${why}`);
    const commit = result.commit
      ? `Committed to ${result.branch ?? 'a detached HEAD'} as ${result.commit.slice(0, 12)}.`
      : 'Not committed.';
    return [
      `Wrote ${result.path}.`,
      ...lines,
      ...(left.length > 0 ? ['Left to the stable:', ...left] : []),
      commit,
      'Next: `canary up` puts the proxy in front of your services.',
    ].join('\n');
  });
  return undefined;
}
