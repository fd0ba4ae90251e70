import { allowHint } from '../database/allow.ts';
import { formatBytes } from '../database/bytes.ts';
import { type Finding, findingSentence } from '../database/finding.ts';
import type { Boot, RehearsalReport } from '../database/report.ts';
import { wayLines } from '../database/ways.ts';
import type { Rehearsal } from '../documents/rehearsal.ts';
import type { Theme } from './theme.ts';

/** The findings of a rehearsal, one line each, and its result. */
export function rehearsalText(result: Rehearsal, theme: Theme): string {
  const lines = [...copyLines(result, theme), ...findingLines(result, theme)];
  if (result.result === 'pass') {
    lines.push(
      `${theme.good('Passed')}: the stable can live with what the canary does to the database.`,
    );
  } else {
    lines.push(
      `${theme.bad('Refused')}: the canary would harm the shared database. Production was not touched.`,
      ...wayLines(refusedIn(result)),
      allowHint(result.needs),
    );
  }
  return lines.join('\n');
}

/** The findings that nobody allowed. */
function refusedIn({ findings, needs }: Rehearsal): Finding[] {
  return findings.filter(({ class: level, object }) => needs.includes(`${level}:${object}`));
}

/** Findings and exceptions of a rehearsal, one line each. */
export function findingLines({ findings, allowed }: Boot, theme: Theme): string[] {
  if (findings.length === 0) return [`${theme.good('✔')} nothing in the database changed`];
  return findings.map((finding) => {
    const exception = `${finding.class}:${finding.object}`;
    const isAllowed = allowed.includes(exception);
    const note = isAllowed ? theme.dim(' (allowed)') : '';
    return `${markOf(finding, isAllowed, theme)} ${theme.bold(finding.class)}: ${findingSentence(finding)}${note}`;
  });
}

function copyLines({ databases, ms }: RehearsalReport, theme: Theme): string[] {
  return databases.map(({ service, server, data, bytes }) => {
    const what = { full: 'all rows', schema: 'schema alone', sample: 'schema and some rows' }[data];
    const facts = `${server}, ${what}, ${formatBytes(bytes)}, ${(ms / 1000).toFixed(1)} s in all`;
    return theme.dim(`· a copy of ${service} (${facts})`);
  });
}

function markOf({ class: kind }: Finding, isAllowed: boolean, theme: Theme): string {
  if (kind === 'interrupting') return theme.warn('!');
  if (isAllowed || kind === 'expanding' || kind === 'none') return theme.good('✔');
  return theme.bad('✖');
}
