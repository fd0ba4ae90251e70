import { type RehearsalRecord, rehearsalRecord } from '../database/record.ts';
import type { AbComparison } from '../rollout/ab-comparison.ts';
import { type CanaryImage, RELEASE_STATES, type ReleaseState } from '../rollout/events.ts';
import type { Release } from '../rollout/release.ts';
import { type ReleaseVerdict, VERDICTS } from '../rollout/verdict.ts';
import { readComparison, readRehearsal } from './record-parts.ts';

/** The record of a release, as printed by `history` and stored in its annotated tag. */
export interface ReleaseRecord {
  id: string;
  project: string;
  branch: string;
  commit: string;
  subject: string;
  services: readonly string[];
  images: readonly CanaryImage[];
  /** What of it was built elsewhere; none for what was built here. */
  pulled: readonly PulledImage[];
  weights: readonly { weight: number; at: string }[];
  state: ReleaseState;
  reason: string;
  /** The last verdict of its analysis; null if it was not judged. */
  verdict: ReleaseVerdict | null;
  /** What its first boot did to a copy of the shared databases; null without a rehearsal. */
  rehearsal: RehearsalRecord | null;
  /** The result of its A/B test; null without one. */
  comparison: AbComparison | null;
  startedAt: string;
  endedAt: string | null;
  promotedCommit: string | null;
}

/** An image that was built elsewhere. */
interface PulledImage {
  service: string;
  /** Its name as it was asked for. */
  reference: string;
  /** The digest that the registry gave; null for an image that only the engine had. */
  digest: string | null;
}

/** The record of a release; every text in it is one line. */
export function recordOf(release: Release): ReleaseRecord {
  const { id, project, branch, commit, services, images, weights, state, startedAt } = release;
  return {
    id,
    project,
    branch,
    commit,
    services,
    images,
    pulled: (release.source?.images ?? release.pulled ?? []).map(
      ({ service, reference, digest = null }) => ({ service, reference, digest }),
    ),
    weights,
    state,
    startedAt,
    subject: oneLine(release.subject),
    reason: oneLine(release.reason),
    verdict: release.verdict
      ? { ...release.verdict, reasons: release.verdict.reasons.map(oneLine) }
      : null,
    rehearsal: rehearsalRecord(release.rehearsal, oneLine),
    comparison: release.comparison ?? null,
    endedAt: release.endedAt ?? null,
    promotedCommit: release.promotedCommit ?? null,
  };
}

/**
 * The message of a release's tag: a title, the subject of its commit, and git trailers for
 * programs.
 */
export function formatReleaseRecord(record: ReleaseRecord): string {
  const { images, pulled, weights, rehearsal, comparison, endedAt, promotedCommit } = record;
  const trailers: [string, string][] = [
    ['Project', record.project],
    ['Branch', record.branch],
    ['Commit', record.commit],
    ['Services', record.services.join(', ')],
    ...images.map(({ service, image, imageId }) => pair('Image', `${service} ${image} ${imageId}`)),
    ...pulled.map(({ service, reference, digest }) =>
      pair('Pulled', `${service} ${reference} ${digest ?? ''}`),
    ),
    ...weights.map(({ weight, at }) => pair('Weight', `${weight} ${at}`)),
    ['State', record.state],
    ['Reason', record.reason],
    ['Verdict', record.verdict?.result ?? 'none'],
    ...(record.verdict?.reasons ?? []).map((reason) => pair('Verdict-Reason', reason)),
    ...(rehearsal ? [pair('Rehearsal', JSON.stringify(rehearsal))] : []),
    ...(comparison ? [pair('Comparison', JSON.stringify(comparison))] : []),
    ['Started', record.startedAt],
    ...(endedAt ? [pair('Ended', endedAt)] : []),
    ...(promotedCommit ? [pair('Promoted-Commit', promotedCommit)] : []),
  ];
  const blocks = [
    `Release ${record.id}: ${record.state}`,
    oneLine(record.subject),
    // One line each, so that no text can be read as another trailer.
    trailers.map(([key, value]) => `${key}: ${oneLine(value)}`.trimEnd()).join('\n'),
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

/** Reads the message of a release's tag; `undefined` if this version does not know its format. */
export function parseReleaseRecord(text: string): ReleaseRecord | undefined {
  const blocks = text.trimEnd().split('\n\n');
  const id = /^Release (\S+): /.exec(blocks[0] ?? '')?.[1];
  const trailers = (blocks.at(-1) ?? '').split('\n').map(splitTrailer);
  const all = (key: string) => trailers.filter(([name]) => name === key).map(([, value]) => value);
  const one = (key: string) => all(key)[0] ?? '';
  const state = RELEASE_STATES.find((name) => name === one('State'));
  if (!id || !state || !one('Commit') || !isTime(one('Started'))) return undefined;
  return {
    id,
    project: one('Project'),
    branch: one('Branch'),
    commit: one('Commit'),
    subject: blocks.length > 2 ? oneLine(blocks[1] ?? '') : '',
    services: one('Services').split(', ').filter(Boolean),
    images: all('Image').map((value) => {
      const [service = '', image = '', imageId = ''] = value.split(' ');
      return { service, image, imageId };
    }),
    pulled: all('Pulled').map((value) => {
      const [service = '', reference = '', digest = ''] = value.split(' ');
      return { service, reference, digest: digest || null };
    }),
    weights: all('Weight').flatMap((value) => {
      const [weight = '', at] = value.split(' ');
      return /^\d{1,3}(\.\d+)?$/.test(weight) && isTime(at) ? [{ weight: Number(weight), at }] : [];
    }),
    state,
    reason: one('Reason'),
    verdict: parseVerdict(one('Verdict'), all('Verdict-Reason')),
    rehearsal: readRehearsal(all('Rehearsal')[0]),
    comparison: readComparison(all('Comparison')[0]),
    startedAt: one('Started'),
    endedAt: all('Ended').find(isTime) ?? null,
    promotedCommit: all('Promoted-Commit')[0] ?? null,
  };
}

function parseVerdict(text: string, reasons: readonly string[]): ReleaseVerdict | null {
  const result = VERDICTS.find((each) => each === text);
  return result ? { result, reasons } : null;
}

/** Whether a text is a time as records have it. */
function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

function pair(key: string, value: string): [string, string] {
  return [key, value];
}

function splitTrailer(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), oneLine(line.slice(colon + 1))];
}

/** A text without control characters and line breaks of any kind. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
