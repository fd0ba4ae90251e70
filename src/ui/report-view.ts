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
const SPECIAL = /[\\`*_{}[\]()<>#+!|~@&:=$%-]/g;

/** Behind these, GitHub and GitLab look for users, issues and addresses in what Markdown has become, entities included. */
const CALLING = /[@#!~&$%:]/;
/** A space of no width; text with one in it is no name and no address. */
const NOTHING = '&#8203;';

/** Text from outside as text: no link, mention, image or HTML comes of it. */
function text(outside: string): string {
  return withoutSigns(outside, (sign, next) =>
    CALLING.test(sign) && /[\w/"]/.test(next) ? NOTHING : '',
  );
}

/** The same as code, in which nobody is looked for. Entities work in HTML's element, not between backticks. */
function code(outside: string): string {
  return `<code>${withoutSigns(outside, () => '')}</code>`;
}

function withoutSigns(outside: string, behind: (sign: string, next: string) => string): string {
  return oneLine(outside)
    .replace(SPECIAL, (sign, at: number, all: string) => {
      return `&#${sign.charCodeAt(0)};${behind(sign, all.charAt(at + 1))}`;
    })
    .replace(/www\./gi, `www&#46;${NOTHING}`);
}

function oneLine(outside: string): string {
  return printable(outside, false).replace(/[\n\t]+/g, ' ');
}
