import { formatMap, type MapFormat } from '../../compose/map.ts';
import { map } from '../../workflows/map.ts';
import type { Session } from '../session.ts';

export async function runMap(
  { context, output }: Session,
  options: { format: MapFormat },
): Promise<undefined> {
  const result = await map(context);
  const { format } = options;
  output.result(result, () =>
    format === 'json' ? JSON.stringify(result, null, 2) : formatMap(result, format),
  );
  return undefined;
}
