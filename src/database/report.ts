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
