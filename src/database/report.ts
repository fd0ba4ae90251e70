import { isRefused } from './allow.ts';
import type { Finding } from './finding.ts';

/** The result of a rehearsal, as stored in journals and printed by `--json`. */
export interface RehearsalReport {
  /** The databases that were copied. */
  databases: readonly CopiedDatabase[];
  /** From the worst to the least severe. */
  findings: readonly Finding[];
  /** The exceptions that allowed findings or services. */
  allowed: readonly string[];
  /** Services that keep data and were shared without a rehearsal. */
  unrehearsed: readonly { service: string; kind: string }[];
  ms: number;
}

export interface CopiedDatabase {
  service: string;
  /** The kind of server, such as `PostgreSQL`. */
  server: string;
  data: 'full' | 'schema' | 'sample';
  /** Number of bytes copied. */
  bytes: number;
}

/** What a boot did, and what of it was allowed. */
export type Boot = Pick<RehearsalReport, 'findings' | 'allowed'>;

/** The allowed changes of a boot that remain in the database when the boot is over. */
export function remainingFindings({ findings, allowed }: Boot): Finding[] {
  return findings.filter(
    ({ class: level, kind, object }) =>
      !/^(lock-held|table-rewritten|old-code-fails|result-changed|statement-(fails|changed))$/.test(
        kind,
      ) &&
      (level === 'expanding' || allowed.includes(`${level}:${object}`)),
  );
}

/**
 * The remaining changes in words, for operators who roll back the canary (`isBack`) or promote it;
 * `undefined` if nothing remains.
 */
export function remainsText(report: Boot, isBack: boolean): string | undefined {
  const remaining = remainingFindings(report);
  if (remaining.length === 0) return undefined;
  const what = `What the canary changed in the database stays: ${remaining.map(({ text }) => text).join('; ')}.`;
  if (!isBack) return what;
  const isRisky = report.findings.some(
    ({ class: level, kind, object }) =>
      isRefused(level) && kind !== 'lock-held' && report.allowed.includes(`${level}:${object}`),
  );
  const now = isRisky
    ? 'The code that runs again may not work with it: you allowed it.'
    : 'The code that runs again works with it, as far as the rehearsal could see.';
  return `${what} ${now}`;
}
