import { render } from '../../workflows/render.ts';
import type { Session } from '../session.ts';

export async function runRender(
  { context, output }: Session,
  options: { branch?: string | undefined },
): Promise<undefined> {
  const yaml = await render(context, options.branch);
  output.result({ override: yaml }, () => yaml.trimEnd());
  return undefined;
}
