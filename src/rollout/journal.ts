import { RELEASE_STATES, type ReleaseEvent } from './events.ts';

/** Version of the records; a journal with another version is rejected, never guessed at. */
const JOURNAL_VERSION = 1;

export type JournalRecord = ReleaseEvent & { v: number; at: string };

/** One line of a journal, including its line break. */
export function formatRecord(event: ReleaseEvent, at: Date): string {
  return `${JSON.stringify({ v: JOURNAL_VERSION, at: at.toISOString(), ...event })}\n`;
}

export type JournalReading = { records: JournalRecord[]; tornBytes: number } | { problem: string };

/**
 * Reads a journal. A last line without a line break is an incomplete write of a killed process and
 * does not count: it is skipped and its length is reported, so that the next writer can cut it off.
 */
export function parseJournal(text: string): JournalReading {
  const end = text.lastIndexOf('\n') + 1;
  const records: JournalRecord[] = [];
  for (const [index, line] of text.slice(0, end).split('\n').entries()) {
    if (line === '') continue;
    const record = parseRecord(line);
    if (!record) return { problem: `line ${index + 1} is not a journal record` };
    if (record.v !== JOURNAL_VERSION)
      return { problem: `line ${index + 1} has version ${record.v}, not ${JOURNAL_VERSION}` };
    if (record.type === 'state-changed' && !RELEASE_STATES.includes(record.state)) {
      return { problem: `line ${index + 1} has the unknown state ${record.state}` };
    }
    records.push(record);
  }
  return { records, tornBytes: Buffer.byteLength(text.slice(end)) };
}

function parseRecord(line: string): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    return 'type' in value && 'v' in value && 'at' in value ? (value as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}
