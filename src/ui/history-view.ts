import { shortCommit } from '../compose/model/names.ts';
import { formatBytes } from '../database/bytes.ts';
import type { HistoryEntry, KeptTables } from '../documents/history.ts';
import { formatWeight } from '../proxy/weight.ts';
import { abSentence } from '../rollout/ab-comparison.ts';
import type { ReleaseState } from '../rollout/events.ts';
import { hasEnded, isWaiting } from '../rollout/release.ts';
import { alignColumns } from './table.ts';
import type { Theme } from './theme.ts';

/** Releases as text, one line each. */
export function historyText(releases: readonly HistoryEntry[], theme: Theme): string {
  if (releases.length === 0) return 'No release yet.';
  const lines = alignColumns(
    releases.map((each) => [
      theme.dim(`${each.startedAt.slice(0, 16).replace('T', ' ')}Z`),
      each.id,
      each.branch || 'images',
      shortCommit(each.commit),
      stateText(each.state, theme),
      formatWeight(Math.max(0, ...each.weights.map(({ weight }) => weight))),
      each.subject + theme.dim(knownFrom(each)),
    ]),
  ).split('\n');
  return releases
    .flatMap(({ comparison, backups }, index) => [
      lines[index] ?? '',
      ...(comparison ? [`  ${theme.dim(abSentence(comparison))}`] : []),
      ...backups.flatMap((each) => backupLines(each, theme)),
    ])
    .join('\n');
}

/** What git records of a release that has no journal here may no longer be so. */
function knownFrom({ source, state }: HistoryEntry): string {
  if (source !== 'git') return '';
  return hasEnded({ state }) ? ' (known from git only)' : ' (its last state that git knows)';
}

/**
 * What was backed up and how to restore it, with a warning: the stable's later writes are lost too.
 */
function backupLines({ service, tables, bytes, command }: KeptTables, theme: Theme): string[] {
  const what = `${tables.join(', ')} of ${service} as it was before (${formatBytes(bytes)}).`;
  const warning = 'To restore them, without anything written since (remove the canary first):';
  return [`  ${theme.dim(`Kept: ${what} ${warning}`)}`, `    ${command}`];
}

function stateText(state: ReleaseState, theme: Theme): string {
  if (state === 'promoted') return theme.good(`✔ ${state}`);
  if (state === 'failed') return theme.bad(`✖ ${state}`);
  if (state === 'reverted' || state === 'removed') return theme.dim(`↶ ${state}`);
  return isWaiting(state) ? theme.warn(`‖ ${state}`) : theme.canary(`◆ ${state}`);
}
