import type { FindingClass } from './finding.ts';
import type { RehearsalReport } from './report.ts';

/** What programs and git are told of a rehearsal. */
export interface RehearsalRecord {
  result: 'pass' | 'refused';
  findings: readonly {
    class: FindingClass;
    text: string;
    statement: string | null;
    /** Whose statement it was. */
    service: string | null;
    database: string;
    object: string;
  }[];
  /** The exceptions that let some of them pass. */
  allowed: readonly string[];
}

/** The same of a release; `clean` is done to every text in it. */
export function rehearsalRecord(
  rehearsal: { report: RehearsalReport; isRefused: boolean } | undefined,
  clean: (text: string) => string = (text) => text,
): RehearsalRecord | null {
  if (!rehearsal) return null;
  const { report, isRefused } = rehearsal;
  return {
    result: isRefused ? 'refused' : 'pass',
    findings: report.findings.map(({ class: level, text, statement, service, ...where }) => ({
      class: level,
      text: clean(text),
      statement: statement === undefined ? null : clean(statement),
      service: service ?? null,
      database: where.database,
      object: clean(where.object),
    })),
    allowed: report.allowed.map(clean),
  };
}
