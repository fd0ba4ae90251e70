import { LABEL } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { type ProcessRunner, tail } from '../process.ts';

/**
 * Removes everything of ours that a throw-away compose project has: containers, networks, volumes. Safe to repeat. Throws
 * `command-failed` where something stays.
 */
export async function disposeOf(runner: ProcessRunner, project: string): Promise<void> {
  const ours = [`label=com.docker.compose.project=${project}`, `label=${LABEL.role}`].flatMap(
    (filter) => ['--filter', filter],
  );
  const list = async (words: readonly string[]) => {
    const { stdout, stderr, exitCode } = await runner.run('docker', [...words, '--quiet', ...ours]);
    if (exitCode !== 0) throw notRemoved(project, stderr);
    return stdout.split('\n').filter(Boolean);
  };
  const remove = async (words: readonly string[], rm: readonly string[]) => {
    const ids = await list(words);
    if (ids.length === 0) return;
    const { stderr } = await runner.run('docker', [...rm, ...ids]);
    // Some may have gone by themselves meanwhile.
    if ((await list(words)).length > 0) throw notRemoved(project, stderr);
  };
  await remove(['ps', '--all'], ['rm', '--force', '--volumes']);
  await remove(['network', 'ls'], ['network', 'rm']);
  await remove(['volume', 'ls'], ['volume', 'rm']);
}

function notRemoved(project: string, stderr: string): CanaryError {
  return new CanaryError(
    'command-failed',
    `What the project \`${project}\` left was not removed.`,
    {
      details: tail(stderr, 3),
      hint: 'It holds a copy of the database. `canary abort` tries again.',
    },
  );
}
