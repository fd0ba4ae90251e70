import { stepsText } from '../compose/choose/setup.ts';
import { shortCommit } from '../compose/model/names.ts';
import type { DoctorResult, DownResult, InitResult, UpResult } from '../documents/setup.ts';
import { alignColumns } from './table.ts';
import type { Theme } from './theme.ts';

const AFTERWARDS = {
  auto: 'Then it becomes the stable; with `promote: manual` you decide.',
  manual: 'Then you decide.',
};

export function initText(result: InitResult, theme: Theme): string {
  const { path, written, services, left, steps, promote, commit, branch } = result;
  if (!written) return `${path} exists already; it was not changed.`;
  const line = ({ service, why }: { service: string; why: string }) =>
    `  ${theme.bold(service)}: ${why}`;
  return [
    `Wrote ${path}.`,
    ...services.map(line),
    steps.length > 0
      ? `A canary gets its users in steps: ${stepsText(steps)}. ${AFTERWARDS[promote]}`
      : 'A canary has no steps: you set its share of users.',
    ...(left.length > 0 ? ['Left to the stable:', ...left.map(line)] : []),
    commit
      ? `Committed to ${branch ?? 'a detached HEAD'} as ${shortCommit(commit)}.`
      : 'Not committed.',
    'Next: `canary up` puts the proxy in front of your services.',
  ].join('\n');
}

export function upText({ changed, entries, hasSteps }: UpResult, theme: Theme): string {
  const lines = entries.map(({ service, addresses, preview }) => {
    const own = preview ? `; the canary alone, once there is one: ${preview}` : '';
    return `  ${theme.bold(service)}  ${addresses.join(', ')}${own}`;
  });
  const title = changed
    ? 'The proxy is in front of your services.'
    : 'The proxy was already in front of your services.';
  return [
    title,
    ...lines,
    `Next: \`canary deploy --branch BRANCH${hasSteps ? '' : ' --weight 5'}\`, or \`--tag TAG\` for an image that was built elsewhere.`,
  ].join('\n');
}

export function downText({ changed }: DownResult): string {
  return changed
    ? 'Proxy and canary are gone; the services have their ports back.'
    : 'There was no proxy and no canary.';
}

export function doctorText({ findings }: DoctorResult, theme: Theme): string {
  return alignColumns(
    findings.flatMap(({ name, ok, text, hint }) => [
      [ok ? theme.good('✔') : theme.bad('✖'), name, text],
      ...(hint ? [[' ', '', hint]] : []),
    ]),
  );
}
