import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { until } from '../../test/support/storedog.ts';
import type { Fault } from './fault.ts';

/**
 * Of an engine that nobody else uses, and that something starts again whenever it ends: `scripts/newest-engine.sh`. Its
 * containers come back by their restart policies.
 */
export const ENGINE_FAULTS: readonly Fault[] = [
  {
    name: 'dockerd restarts, without live-restore',
    costsUsersMs: 60_000,
    strike: () => restartEngine({ keepsContainers: false }),
  },
  {
    name: 'dockerd restarts, with live-restore',
    costsUsersMs: undefined,
    strike: () => restartEngine({ keepsContainers: true }),
  },
  {
    name: 'the machine restarts',
    costsUsersMs: 60_000,
    async strike(_, command) {
      const { stdout: ids } = await execa('docker', ['ps', '--quiet']);
      const inspect = ['inspect', '--format', '{{.State.Pid}}', ...ids.split('\n')];
      const { stdout: pids } = await execa('docker', inspect, { reject: false });
      command.kill('SIGKILL');
      // Before the engine can start one of them again.
      await execa('kill', ['-STOP', await enginePid()]);
      await execa('kill', ['-9', ...pids.split('\n').filter(Number)], { reject: false });
      await endEngine('KILL');
    },
  },
];

async function restartEngine({ keepsContainers }: { keepsContainers: boolean }): Promise<void> {
  const pid = await enginePid();
  // As it sees its own files.
  const file = `/proc/${pid}/root/etc/docker/daemon.json`;
  const settings = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...settings, 'live-restore': keepsContainers }));
  await execa('kill', ['-HUP', pid]);
  await until('the engine knows it', async () => {
    const { stdout } = await execa('docker', ['info', '--format', '{{.LiveRestoreEnabled}}']);
    return stdout === String(keepsContainers);
  });
  await endEngine('TERM');
}

/** Waits until another has come. */
async function endEngine(signal: 'TERM' | 'KILL'): Promise<void> {
  const before = await enginePid();
  await execa('kill', [`-${signal}`, before]);
  await until('the engine is back', async () => {
    const now = await enginePid().catch(() => before);
    return now !== before && (await execa('docker', ['version'], { reject: false })).exitCode === 0;
  });
}

/** Where every engine writes it. */
async function enginePid(): Promise<string> {
  return (await readFile('/run/docker.pid', 'utf8')).trim();
}
