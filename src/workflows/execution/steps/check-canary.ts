import { shapeOf } from '../../../config/analysis.ts';
import { CanaryError } from '../../../errors.ts';
import { acceptsConnections } from '../../../system/ports.ts';
import { examine, reasonsOf } from '../../analysis/examine.ts';
import { containersNow, placesOf } from '../../analysis/sides.ts';
import type { Run } from '../run.ts';
import { until } from './until.ts';

/**
 * Asks the canary what its users will ask. Throws `judged-bad` with every reason where it does not answer right, and
 * `not-measured` where that could not be found out.
 */
export async function checkCanary(run: Run): Promise<void> {
  await untilListening(run);
  const examination = await examine(run);
  const bad = reasonsOf(examination, 'fail');
  if (bad.length > 0) {
    throw new CanaryError('judged-bad', 'The canary does not answer as it should.', {
      details: bad,
      hint: 'No user has seen it. A change that is meant is declared in canary.yaml: `analysis: { shape: { allow: [...] } }`.',
    });
  }
  const unknown = reasonsOf(examination, 'error');
  if (unknown.length > 0) {
    throw new CanaryError('not-measured', 'Whether the canary answers right could not be told.', {
      details: unknown,
      hint: 'No user has seen it. Mend what is named above, and deploy again.',
    });
  }
  if (shapeOf(run.project.config) && examination.shape.length === 0)
    run.context.emit({
      type: 'notice',
      text: 'No user of the stable asked for anything just now, so no answers were compared.',
    });
}

/** With the address of an earlier container a new one can look ready to the proxy before it listens. */
async function untilListening(run: Run): Promise<void> {
  const containers = await containersNow(run);
  for (const { service, port = 0 } of run.project.slice) {
    for (const place of placesOf(run, containers, 'canary', service)) {
      const host = new URL(place).hostname.replace(/[[\]]/g, '');
      await until(run, `The canary of ${service} does not accept connections.`, () =>
        acceptsConnections(host, port),
      );
    }
  }
}
