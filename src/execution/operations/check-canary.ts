import { shapeOf } from '../../config/sections/analysis.ts';
import { CanaryError } from '../../errors.ts';
import { examine, reasonsOf } from '../../probes/examine.ts';
import type { Run } from '../../project/run.ts';

/**
 * Sends the canary requests like its users will. Throws `judged-bad` with every reason if responses are wrong, and
 * `not-measured` if that could not be checked.
 */
export async function checkCanary(run: Run): Promise<void> {
  const examination = await examine(run);
  const bad = reasonsOf(examination, 'fail');
  if (bad.length > 0) {
    const [first = '', ...more] = bad;
    const sentence = more.length > 0 ? `${first} (and ${more.length} more)` : first;
    throw new CanaryError('judged-bad', sentence, {
      details: bad,
      hint: 'No user has seen it. Declare an intended change in canary.yaml: `analysis: { shape: { allow: [...] } }`.',
    });
  }
  const unknown = reasonsOf(examination, 'error');
  if (unknown.length > 0) {
    throw new CanaryError('not-measured', 'Could not verify the canary’s responses.', {
      details: unknown,
      hint: 'No user has seen it. Fix the errors above and deploy again.',
    });
  }
  if (shapeOf(run.project.config) && examination.shape.length === 0)
    run.context.emit({
      type: 'notice',
      text: 'The stable had no requests just now, so no answers were compared.',
    });
}
