import type { FindingClass } from './finding-class.ts';
import type { RehearsalReport } from './report.ts';

/** What `--json` output and git tags contain about a rehearsal. */
export interface RehearsalRecord {
  result: 'pass' | 'refused';
  findings: readonly {
    class: FindingClass;
    text: string;
    statement: string | null;
    /** The service that sent the statement. */
    service: string | null;
    database: string;
    object: string;
  }[];
  /** The exceptions that allowed some of the findings. */
  allowed: readonly string[];
}

/** The rehearsal record of a release; `clean` is applied to every text in it. */
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
