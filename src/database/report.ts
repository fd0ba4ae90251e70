import { isRefused } from './allow.ts';
import type { Finding } from './finding.ts';

/** What a rehearsal found, as journals and `--json` hold it. */
export interface RehearsalReport {
  /** The databases that were copied. */
  databases: readonly CopiedDatabase[];
  /** From the worst to the least. */
  findings: readonly Finding[];
  /** Exceptions that let findings or services pass. */
  allowed: readonly string[];
  /** Services that keep data and were shared without a rehearsal. */
  unrehearsed: readonly { service: string; kind: string }[];
  ms: number;
}

export interface CopiedDatabase {
  service: string;
  /** Such as `PostgreSQL`. */
  server: string;
  data: 'full' | 'schema' | 'sample';
  /** Bytes that were copied. */
  bytes: number;
}

/** What a boot did, and what of it was let pass. */
export type Boot = Pick<RehearsalReport, 'findings' | 'allowed'>;

/** Of what a boot did, all that is still there when it is over and was let pass. */
export function remainingFindings({ findings, allowed }: Boot): Finding[] {
  return findings.filter(
    ({ class: level, kind, object }) =>
      !/^(lock-held|table-rewritten|old-code-fails)$/.test(kind) &&
      (level === 'expanding' || allowed.includes(`${level}:${object}`)),
  );
}

/** The same in words, for people who take the canary back (`isBack`) or make it the stable; `undefined`: nothing stays. */
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
