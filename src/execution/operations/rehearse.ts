import { refusedBy } from '../../database/allow.ts';
import { type Run, record } from '../../project/run.ts';
import { agree } from '../../rehearsal/agreement.ts';
import { refuse, rehearse } from '../../rehearsal/rehearse.ts';

/** Rehearses the canary's first boot and records what it did; throws `data-protected` if that is not allowed. */
export async function rehearseCanary(run: Run): Promise<void> {
  const { context, project, checkout, signal } = run;
  if (!checkout) return;
  const agreement = run.agreement ?? (await agree(context, project, [], signal));
  const report = await rehearse({ context, project, checkout, signal }, agreement);
  const { refused } = refusedBy(report.findings, agreement.exceptions);
  await record(run, { type: 'rehearsed', report, isRefused: refused.length > 0 });
  refuse(report, agreement.exceptions);
}
