import { execa } from 'execa';

/** Removes every container, network, volume and image of a compose project, whatever became of its files. */
export async function removeProject(project: string): Promise<void> {
  const found = async (...args: string[]) =>
    (await execa('docker', args)).stdout.split('\n').filter(Boolean);
  const filter = ['--filter', `label=com.docker.compose.project=${project}`];
  const containers = await found('ps', '-aq', ...filter);
  if (containers.length > 0) await execa('docker', ['rm', '--force', '--volumes', ...containers]);
  // What containers used is free now.
  const named = ['image', 'ls', '--filter', `reference=${project}-*`];
  const left: [string[], string[]][] = [
    [
      ['network', 'rm'],
      ['network', 'ls', '-q', ...filter],
    ],
    [
      ['volume', 'rm'],
      ['volume', 'ls', '-q', ...filter],
    ],
    [
      ['image', 'rm', '--force'],
      [...named, '--format', '{{.Repository}}:{{.Tag}}'],
    ],
  ];
  await Promise.all(
    left.map(async ([remove, list]) => {
      const names = await found(...list);
      if (names.length > 0) await execa('docker', [...remove, ...names]);
    }),
  );
}
