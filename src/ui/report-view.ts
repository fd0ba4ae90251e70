import { shortCommit } from '../compose/model/names.ts';
import type { Report } from '../documents/report.ts';
import { formatWeight } from '../proxy/weight.ts';
import { abSentence } from '../rollout/ab-comparison.ts';
import type { ReleaseState } from '../rollout/events.ts';
import { isWaiting } from '../rollout/release.ts';
import { printable } from './printable.ts';

/** A release as Markdown, for the page of a CI job or a comment on a pull request. */
export function reportMarkdown({ release }: Report): string {
  const { branch, commit, subject, state, reason, verdict, weights, comparison } = release;
  const source = branch === '' ? 'images' : `${code(branch)} at ${code(shortCommit(commit))}`;
  const rows = [
    ['Release', code(release.id)],
    ['Source', source],
    ['Services', release.services.map(code).join(', ')],
    ...release.pulled.map(({ service, reference }) => [
      'Image',
      `${code(service)} ${code(reference)}`,
    ]),
    ['Users', weights.map(({ weight }) => formatWeight(weight)).join(' → ') || 'none'],
    ['Began', release.startedAt],
    ['Ended', release.endedAt ?? 'not yet'],
    ...(verdict ? [['Verdict', verdict.result]] : []),
  ];
  return [
    `### ${signOf(state)} Canary ${state}: ${text(subject)}`,
    '',
    text(reason),
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name = '', value = '']) => `| ${name} | ${value} |`),
    ...(verdict ? ['', ...verdict.reasons.map((each) => `- ${text(each)}`)] : []),
    ...(comparison ? ['', text(abSentence(comparison))] : []),
    '',
  ].join('\n');
}

function signOf(state: ReleaseState): string {
  if (state === 'promoted') return '✅';
  if (state === 'failed' || state === 'reverted') return '❌';
  return isWaiting(state) || state === 'inconclusive' ? '⏸️' : '🐤';
}

/** Every sign that Markdown or HTML could read as more than text. */
const SPECIAL = /[\\`*_{}[\]()<>#+!|~@&:=$-]/g;

/** Text from outside as text: no link, mention, image or HTML comes of it. */
function text(outside: string): string {
  return oneLine(outside)
    .replace(SPECIAL, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/www\./gi, 'www&#46;');
}

/** The same as code. Entities work in HTML's element, not between backticks. */
function code(outside: string): string {
  return `<code>${text(outside)}</code>`;
}

function oneLine(outside: string): string {
  return printable(outside, false).replace(/[\n\t]+/g, ' ');
}
