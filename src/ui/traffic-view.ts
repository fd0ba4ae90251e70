import { shortCommit } from '../compose/model/names.ts';
import type {
  AbortResult,
  DeployResult,
  PauseResult,
  PromoteResult,
  ResumeResult,
  RevertResult,
  WaitResult,
  WeightResult,
} from '../documents/traffic.ts';
import { formatWeight } from '../proxy/weight.ts';
import { isWaiting } from '../rollout/release.ts';
import { releaseTitle } from '../rollout/source.ts';
import { ended } from '../sentences.ts';
import type { Theme } from './theme.ts';

export const NOTHING_NEW = 'Nothing is new, so no canary was started.';

const NOTHING_TO_TAKE_BACK =
  'No canary was running; nothing was changed. A promoted release is taken back by its id: `canary revert RELEASE`.';

/** How many users are on the canary after a deploy, and what to do next. */
export function deployText(result: DeployResult, theme: Theme): string {
  const { comparison, state, reason, weight, entries, steps } = result;
  if (comparison) return ended(`The canary is gone: ${reason}`);
  const what = releaseTitle(result);
  if (state === 'promoted') return ended(`${theme.good('Promoted')}: ${what}; ${reason}`);
  return [
    `${theme.canary('The canary runs')}: ${what}, ${formatWeight(weight)} of users.`,
    ...entries.flatMap(({ preview }) => (preview ? [`  the canary alone: ${preview}`] : [])),
    ...(steps === undefined ? [] : [ended(`  ${reason}`)]),
    'Next: `canary status`, `canary weight N`, then `canary promote` or `canary revert`.',
  ].join('\n');
}

export function weightText({ weight }: WeightResult): string {
  return `${formatWeight(weight)} of users are sent to the canary.`;
}

export function pauseText({ changed, weight }: PauseResult): string {
  return changed
    ? `Every user is on the stable. \`canary resume\` gives ${formatWeight(weight)} of them back.`
    : 'Every user is on the stable already.';
}

export function resumeText({ weight, changed, state, reason }: ResumeResult, theme: Theme): string {
  if (!changed) return 'Nothing was paused.';
  if (state === 'promoted') return ended(`${theme.good('Promoted')}: ${reason}`);
  return isWaiting(state) || state === 'inconclusive'
    ? ended(`${formatWeight(weight)} of users are sent to the canary: ${reason}`)
    : ended(`Every user is on the stable: ${reason}`);
}

export function waitText({ release, state, reason }: WaitResult): string {
  return ended(`Release ${release} is ${state}: ${reason}`);
}

export function promoteText(result: PromoteResult, theme: Theme): string {
  return `${theme.good('Promoted.')} The stable runs ${releaseTitle(result)}.`;
}

export function abortText({ changed }: AbortResult): string {
  return changed ? 'Every user is on the stable; the canary is gone.' : NOTHING_TO_TAKE_BACK;
}

/** What a revert rolled back; `asked`: the release that the operator named. */
export function revertText(
  { release, side, commit, images, inStable }: RevertResult,
  asked: string | undefined,
): string {
  if (inStable) {
    const { release: id, subject } = inStable;
    return `No canary runs; nothing was changed. The stable runs release ${id} ("${subject}"): \`canary revert ${id}\` takes it back.`;
  }
  if (!release && side === null) {
    return asked
      ? `Release ${asked} has ended without becoming the stable; nothing was changed.`
      : NOTHING_TO_TAKE_BACK;
  }
  const made = commit && `Commit ${shortCommit(commit)} takes the change back.`;
  if (side === 'stable' && images) {
    const names = images.map(({ service, reference }) => `${service} ${reference}`);
    return `The stable is what it was before release ${release}: it runs ${names.join(', ')}.`;
  }
  if (side === 'stable') {
    return made
      ? `The stable is what it was before release ${release}. ${made}`
      : 'The stable is back already; nothing was changed.';
  }
  const none = release
    ? 'No commit was needed.'
    : 'No release of it is recorded, so no commit was made.';
  return `Every user is on the stable. ${made ?? none} The canary is gone.`;
}
