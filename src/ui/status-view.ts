import { shortCommit } from '../compose/model/names.ts';
import type { RehearsalRecord } from '../database/record.ts';
import type { ReleaseStatus, ServiceStatus, Status } from '../documents/status.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { ReleaseState } from '../rollout/events.ts';
import { isWaiting } from '../rollout/release.ts';
import { whoText } from './lock-view.ts';
import { alignColumns } from './table.ts';
import type { Theme } from './theme.ts';

/** The status as text. */
export function statusText(status: Status, theme: Theme): string {
  const { stable, proxy, release, lock } = status;
  const blocks = [
    `${theme.bold(status.project)}  proxy ${proxy.state}`,
    ...(proxy.silent.length > 0
      ? [theme.bad(`✖ The proxy does not reach ${proxy.silent.join(', ')}: users get errors.`)]
      : []),
    alignColumns(
      proxy.entries.map((entry) => [
        entry.service,
        entry.addresses.join(', '),
        entry.preview && release ? `canary alone: ${entry.preview}` : '',
      ]),
      '  ',
    ),
    `\n${theme.good('stable')}  ${stable.commit ? `${stable.branch} ${shortCommit(stable.commit)}` : ''}`.trimEnd(),
    services(stable.services),
  ];
  if (!release) {
    blocks.push(`\n${theme.canary('canary')}  none`);
  } else {
    const { weight, requests, failures, assets } = release;
    const measured =
      weight.measured === null ? 'no requests yet' : `${formatWeight(weight.measured)} measured`;
    blocks.push(
      `\n${theme.canary('canary')}  ${releaseName(release)}`,
      `  ${stateMark(release.state, theme)} ${release.reason}`,
      alignColumns(
        [
          ...(release.steps > 1 ? [['step', `${release.step} of ${release.steps}`]] : []),
          ['weight', `${formatWeight(weight.set)} set, ${measured}`],
          ['requests', `${count(requests.stable)} stable, ${count(requests.canary)} canary`],
          ['failures', failuresText(failures)],
          ...(assets > 0
            ? [['assets', `${count(assets)} asked of the other side, not judged`]]
            : []),
          ...verdictRows(release.verdict),
          ...rehearsalRows(release.rehearsal),
        ],
        '  ',
      ),
      services(release.services),
    );
  }
  if (lock)
    blocks.push(`\n${theme.dim(`\`canary ${lock.command}\` is running (${whoText(lock)})`)}`);
  return blocks.join('\n');
}

/** A branch with its commit and subject; the subject of images names them. */
function releaseName({ branch, commit, subject, source }: ReleaseStatus): string {
  return source ? subject : `${branch} ${shortCommit(commit)}  ${subject}`;
}

function verdictRows(verdict: ReleaseStatus['verdict']): string[][] {
  if (!verdict) return [];
  return verdict.reasons.map((reason, index) => [
    index === 0 ? 'verdict' : '',
    index === 0 ? `${verdict.result}: ${reason}` : reason,
  ]);
}

/** Findings with consequences, or a note that nothing changed. */
function rehearsalRows(rehearsal: RehearsalRecord | null): string[][] {
  if (!rehearsal) return [];
  const told = rehearsal.findings.filter((each) => each.class !== 'none');
  const text = told.map((each) => `${each.class}: ${each.text}`).join('; ');
  return [['database', `${rehearsal.result}, ${text || 'nothing changed'}`]];
}

function failuresText({ stable, canary, shielded }: ReleaseStatus['failures']) {
  const met = `${count(stable)} stable, ${count(canary)} canary`;
  return shielded === 0 ? met : `${met}, ${count(shielded)} shielded`;
}

function services(list: readonly ServiceStatus[]): string {
  return alignColumns(
    list.map(({ name, image, containers }) => [
      name,
      containers
        .map(({ state, health }) => (health === 'none' ? state : `${state}, ${health}`))
        .join(' / ') || 'no container',
      image,
    ]),
    '  ',
  );
}

function stateMark(state: ReleaseState, theme: Theme): string {
  if (state === 'failed') return theme.bad(`✖ ${state}:`);
  return isWaiting(state) ? theme.warn(`‖ ${state}:`) : theme.canary(`◆ ${state}:`);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
