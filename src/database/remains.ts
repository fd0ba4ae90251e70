import { isRefused } from './allow.ts';
import type { Finding } from './finding.ts';
import type { RehearsalReport } from './report.ts';

/** Of what a boot did, all that is still there when it is over and was let pass. */
export function remainingFindings({
  findings,
  allowed,
}: Pick<RehearsalReport, 'findings' | 'allowed'>): Finding[] {
  return findings.filter(
    ({ class: level, kind, object }) =>
      !/^(lock-held|table-rewritten|old-code-fails)$/.test(kind) &&
      (level === 'expanding' || allowed.includes(`${level}:${object}`)),
  );
}

/** The same in words, for people who take the canary back (`isBack`) or make it the stable; `undefined`: nothing stays. */
export function remainsText(
  report: Pick<RehearsalReport, 'findings' | 'allowed'>,
  isBack: boolean,
): string | undefined {
  const remaining = remainingFindings(report);
  if (remaining.length === 0) return undefined;
  const what = `What the canary changed in the database stays: ${remaining.map(({ text }) => text).join('; ')}.`;
  if (!isBack) return what;
  const isRisky = report.findings.some(
    ({ class: level, kind, object }) =>
      isRefused(level) && kind !== 'lock-held' && report.allowed.includes(`${level}:${object}`),
  );
  const now = isRisky
    ? 'The code that runs again may not get on with it: it was allowed by hand.'
    : 'The code that runs again works with it as far as the rehearsal could tell.';
  return `${what} ${now}`;
}
