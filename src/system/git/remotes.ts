import { CanaryError } from '../../errors.ts';
import { hookWords, parsePushReport, refusalHint } from '../../git/push-report.ts';
import { withoutPasswords } from '../../git/urls.ts';
import { tail } from '../process.ts';
import { followGit } from './follow.ts';
import { lines, type RunGit } from './run.ts';

interface Push {
  /** The name of a configured remote. */
  remote: string;
  /** A commit or the full name of a ref here. */
  source: string;
  /** The full name of the ref there. */
  target: string;
  /** Replace what is there, as far as it is what was last seen of it. */
  force: boolean;
  /** Push options, which the remote's hooks see (git-push(1), "--push-option"). */
  options?: readonly string[];
  /** Further refspecs, pushed along without force. */
  also?: readonly string[];
}

/** Other repositories that this one knows. */
export interface GitRemotes {
  remotes(directory: string): Promise<string[]>;
  /**
   * Pushes one ref; whether that changed it. What git, the remote and the hooks say comes line by line, without
   * passwords. Throws `push-refused`.
   */
  push(
    directory: string,
    push: Push,
    onLine: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<{ changed: boolean }>;
}

export function gitRemotes(run: RunGit): GitRemotes {
  return {
    async remotes(directory) {
      return lines(await run(directory, ['remote']));
    },

    async push(directory, push, onLine, signal) {
      const { stdout, said, exitCode } = await followGit(
        directory,
        pushArguments(push),
        (line) => onLine(withoutPasswords(line)),
        signal,
      );
      const reports = parsePushReport(stdout);
      const refused = reports.filter((each) => each.outcome === 'refused');
      if (exitCode !== 0) {
        const words = [
          ...hookWords(stdout),
          ...said.filter((line) => !line.startsWith('hint:')),
          ...refused.map(({ ref, summary }) => `${ref} ${summary}`),
        ];
        throw new CanaryError('push-refused', `The push to \`${push.remote}\` was refused.`, {
          details: ['git push:', ...tail(withoutPasswords(words.join('\n')), 24)],
          hint: refusalHint(refused, push.remote),
        });
      }
      return { changed: reports.find((each) => each.ref === push.target)?.outcome === 'pushed' };
    },
  };
}

function pushArguments(push: Push): string[] {
  const { remote, source, target, force, options = [], also = [] } = push;
  return [
    'push',
    '--porcelain',
    ...(force ? [`--force-with-lease=${target}`] : []),
    ...options.map((option) => `--push-option=${option}`),
    '--',
    remote,
    `${source}:${target}`,
    ...also,
  ];
}
