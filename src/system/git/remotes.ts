import { CanaryError } from '../../errors.ts';
import { hookWords, parsePushReport, refusalHint } from '../../git/push-report.ts';
import { withoutPasswords } from '../../git/urls.ts';
import { tail } from '../process.ts';
import { followGit } from './follow.ts';
import { answer, lines, runGit } from './run.ts';

export async function remotes(directory: string): Promise<string[]> {
  return lines(await runGit(directory, ['remote']));
}

export function remoteUrl(directory: string, name: string): Promise<string | undefined> {
  return answer(directory, ['config', '--get', '--', `remote.${name}.url`]);
}

export async function addRemote(directory: string, name: string, url: string): Promise<void> {
  await runGit(directory, ['remote', 'add', '--', name, url]);
  // With this, `git push NAME` alone pushes the checked-out branch under its own name.
  await runGit(directory, ['config', '--', `remote.${name}.push`, 'HEAD']);
}

interface Push {
  /** The name of a configured remote. */
  remote: string;
  /** The full name of the ref here and there. */
  ref: string;
  /** Replace what is there, if it is what was last seen of it. */
  force: boolean;
  /** Push options, which the remote's hooks see (git-push(1), "--push-option"). */
  options: readonly string[];
  /** Further refspecs, pushed too, without force. */
  also: readonly string[];
}

/**
 * Pushes one ref; returns whether that changed it. Messages of git, the remote and the hooks come line by line,
 * without passwords. Throws `push-refused`.
 */
export async function push(
  directory: string,
  { remote, ref, force, options, also }: Push,
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ changed: boolean }> {
  const args = [
    ...['push', '--porcelain'],
    ...(force ? [`--force-with-lease=${ref}`] : []),
    ...options.map((option) => `--push-option=${option}`),
    ...['--', remote, `${ref}:${ref}`],
    ...also,
  ];
  const { stdout, said, exitCode } = await followGit(
    directory,
    args,
    (line) => onLine(withoutPasswords(line)),
    signal,
  );
  const reports = parsePushReport(stdout);
  if (exitCode === 0)
    return { changed: reports.find((each) => each.ref === ref)?.outcome === 'pushed' };
  const refused = reports.filter((each) => each.outcome === 'refused');
  const words = [
    ...hookWords(stdout),
    ...said.filter((line) => !line.startsWith('hint:')),
    ...refused.map((each) => `${each.ref} ${each.summary}`),
  ];
  throw new CanaryError('push-refused', `The push to \`${remote}\` was refused.`, {
    details: ['git push:', ...tail(withoutPasswords(words.join('\n')), 24)],
    hint: refusalHint(refused, remote),
  });
}
