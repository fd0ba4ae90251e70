import { LABEL } from '../compose/names.ts';
import type { ProcessRunner } from './process.ts';

/** Removes everything of ours that a throw-away compose project has: containers, networks, volumes. Safe to repeat. */
export async function disposeOf(runner: ProcessRunner, project: string): Promise<void> {
  const ours = [`label=com.docker.compose.project=${project}`, `label=${LABEL.role}`].flatMap(
    (filter) => ['--filter', filter],
  );
  const remove = async (list: readonly string[], rm: readonly string[]) => {
    const { stdout } = await runner.run('docker', [...list, '--quiet', ...ours]);
    const ids = stdout.split('\n').filter(Boolean);
    if (ids.length > 0) await runner.run('docker', [...rm, ...ids]);
  };
  await remove(['ps', '--all'], ['rm', '--force', '--volumes']);
  await remove(['network', 'ls'], ['network', 'rm']);
  await remove(['volume', 'ls'], ['volume', 'rm']);
}
