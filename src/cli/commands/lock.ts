import type { Program, WithSession } from '../session.ts';

export function lock(program: Program, run: WithSession): void {
  const lock = program
    .command('lock')
    .description('which command changes the project now, and how to get past one that is gone');

  lock
    .command('status')
    .description('say which command has the lock, and whether it still runs')
    .action(
      run(async ({ context, output }) => {
        const { lockStatus } = await import('../../workflows/lock.ts');
        const { lockStatusText } = await import('../../ui/lock-view.ts');
        const result = await lockStatus(context);
        output.result(result, () => lockStatusText(result));
      }),
    );

  lock
    .command('release')
    .description('take the lock away from a command that is gone')
    .option('--force', 'also from one that still runs: it goes on, beside the next command')
    .action(
      run(async ({ context, output }, { force: isForced = false }) => {
        const { releaseLock } = await import('../../workflows/lock.ts');
        const { lockReleaseText } = await import('../../ui/lock-view.ts');
        const result = await releaseLock(context, { isForced });
        output.result(result, () => lockReleaseText(result));
      }),
    );
}
