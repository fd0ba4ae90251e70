import type { Opinion } from '../analysis/opinion.ts';
import { shapeOf } from '../config/analysis.ts';
import type { ShapeSettings } from '../config/shape.ts';
import type { Sample } from '../proxy/samples.ts';
import type { AskRun } from './ask-container.ts';
import { compareSample, pageOf } from './compare-pages.ts';
import { type Looking, lookingSource } from './repeat.ts';
import { recentSamples } from './samples.ts';
import type { Source } from './source.ts';

/** So many pages one after the other that the stable does not answer are no accident. */
const TOO_MANY = 5;
/** Pages that are told apart. */
const MOST_PAGES = 1000;

const SOURCE = 'shape';

/** Compares one request of a user after the other while the canary has users. */
export async function startShape(run: AskRun): Promise<Source> {
  const shape = shapeOf(run.project.config);
  if (!shape) return lookingSource(run, []);
  return lookingSource(run, [
    { source: SOURCE, everyMs: shape.every, before: undefined, look: lookAtPages(shape) },
  ]);
}

/** One page a look, the one that was compared longest ago first. */
function lookAtPages(settings: ShapeSettings): Looking['look'] {
  const pages = new Map<string, number>();
  let turn = 0;
  let compared = 0;
  let unmeasured = 0;
  // What nobody asked is no fault, and no pass either: then nothing is said.
  let latest: Opinion | undefined;
  return async (run) => {
    const lastTurn = (sample: Sample) => pages.get(pageOf(sample)) ?? 0;
    const samples = await recentSamples(run, settings);
    const [next] = samples.sort((one, other) => lastTurn(one) - lastTurn(other));
    if (!next) return latest;
    const { result, text } = await compareSample(run, settings, next);
    turn += 1;
    if (pages.size < MOST_PAGES || pages.has(pageOf(next))) pages.set(pageOf(next), turn);
    compared += result === 'pass' ? 1 : 0;
    unmeasured = result === 'error' ? unmeasured + 1 : 0;
    if (result === 'pass')
      latest = { source: SOURCE, result: 'pass', text: alikeText(compared, pages.size) };
    else if (result === 'fail' || compared === 0 || unmeasured >= TOO_MANY)
      latest = { source: SOURCE, result, text };
    return latest;
  };
}

function alikeText(requests: number, pages: number): string {
  const asked = `${requests} ${requests === 1 ? 'request' : 'requests'} of users`;
  return `Both sides answer alike: ${asked} on ${pages} ${pages === 1 ? 'page' : 'pages'}.`;
}
