import { headersToRepeat, mayAskAgain } from '../analysis/shape/ask-again.ts';
import { unaskable } from '../config/checks.ts';
import type { ShapeSettings } from '../config/shape.ts';
import { hasCode } from '../errors.ts';
import { readSamples, type Sample, SHOW_SAMPLES } from '../proxy/samples.ts';
import type { AskRun } from './ask-container.ts';

/** A session of a user may have ended after that. */
const OLDEST_S = 60;

/** What users of the stable asked for lately and may be asked again, the newest first. Held in memory alone. */
export async function recentSamples(
  { context, project }: AskRun,
  { exclude }: ShapeSettings,
): Promise<Sample[]> {
  const oldest = context.clock.now().getTime() / 1000 - OLDEST_S;
  const answer = await project.socket.ask(SHOW_SAMPLES).catch((error: unknown) => {
    if (hasCode(error, 'proxy-unreachable')) return '';
    throw error;
  });
  const isAskable = ({ service }: Sample) => {
    const settings = project.config.services[service];
    return settings !== undefined && !unaskable(settings);
  };
  return readSamples(answer)
    .filter((sample) => sample.at >= oldest && isAskable(sample) && mayAskAgain(sample, exclude))
    .map((sample) => ({ ...sample, headers: headersToRepeat(sample.headers) }));
}
