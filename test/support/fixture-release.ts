import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatReleaseRecord, recordOf } from '../../src/git/release-record.ts';
import { NO_COUNTS } from '../../src/proxy/counts.ts';
import type { ReleaseEvent } from '../../src/rollout/events.ts';
import { formatRecord, parseJournal } from '../../src/rollout/journal.ts';
import { foldRelease, type Release } from '../../src/rollout/release.ts';
import { git as client } from '../../src/system/git/git.ts';

/** A journal as a command would have left it: a release of `commit` and its events, one a minute. */
export function journalText(
  created: Partial<ReleaseEvent & { type: 'release-created' }> & { id: string; commit: string },
  ...events: readonly ReleaseEvent[]
): string {
  const first: ReleaseEvent = {
    type: 'release-created',
    project: 'shop',
    branch: 'canary',
    subject: 'Make it cheaper',
    services: ['frontend', 'discounts'],
    counts: NO_COUNTS,
    ...created,
  };
  return [first, ...events]
    .map((event, index) => formatRecord(event, new Date(Date.UTC(2026, 10, 21, 12, index))))
    .join('');
}

export const state = (name: Release['state'], reason = 'because'): ReleaseEvent => ({
  type: 'state-changed',
  state: name,
  reason,
});

export const weightSet = (weight: number): ReleaseEvent => ({
  type: 'weight-set',
  weight,
  counts: NO_COUNTS,
});

/** The release that a journal describes. */
function releaseOf(journal: string): Release {
  const release = foldRelease(parseJournal(journal).records);
  if (!release) throw new Error('the journal begins a release');
  return release;
}

/** Writes a journal where canary keeps it. */
export async function leaveJournal(directory: string, journal: string): Promise<void> {
  const folder = join(directory, '.canary/releases');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${releaseOf(journal).id}.jsonl`), journal);
}

/** Records a release in git, as canary does when it settles. */
export async function leaveRecord(directory: string, journal: string): Promise<void> {
  const release = releaseOf(journal);
  const message = formatReleaseRecord(recordOf(release));
  await client.writeRecord(directory, { id: release.id, commit: release.commit, message });
}
