import type { ReleaseEvent } from './events.ts';
import { recordProblem } from './record-schema.ts';

/** Version of the records; one of another version is set aside, never guessed at. */
const JOURNAL_VERSION = 1;

export type JournalRecord = ReleaseEvent & { v: number; at: string };

/** One line of a journal, including its line break. */
export function formatRecord(event: ReleaseEvent, at: Date): string {
  return `${JSON.stringify({ v: JOURNAL_VERSION, at: at.toISOString(), ...event })}\n`;
}

export interface JournalReading {
  records: JournalRecord[];
  /** Every line that is no record, by number and with the reason: it is left out of the records. */
  problems: string[];
  tornBytes: number;
}

/**
 * Reads a journal. A last line without a line break is an incomplete write of a killed process and
 * does not count: it is skipped and its length is reported, so that the next writer can cut it off.
 */
export function parseJournal(text: string): JournalReading {
  const end = text.lastIndexOf('\n') + 1;
  const records: JournalRecord[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.slice(0, end).split('\n').entries()) {
    if (line === '') continue;
    const value = parseLine(line);
    const problem = problemOf(value);
    if (problem) problems.push(`line ${index + 1} ${problem}`);
    else records.push(value as JournalRecord);
  }
  return { records, problems, tornBytes: Buffer.byteLength(text.slice(end)) };
}

function problemOf(value: unknown): string | undefined {
  const isVersioned = typeof value === 'object' && value !== null && 'v' in value;
  if (isVersioned && typeof value.v === 'number' && value.v !== JOURNAL_VERSION)
    return `has version ${value.v}, not ${JOURNAL_VERSION}`;
  return recordProblem(value);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
