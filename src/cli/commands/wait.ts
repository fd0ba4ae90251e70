import type { Context } from '../../context.ts';
import { EXIT } from '../../errors.ts';
import { collectState, durationArgument } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function wait(program: Program, run: WithSession): void {
  program
    .command('wait')
    .description(
      'wait until the release reaches a state; goes on with its steps if no other command does',
    )
    .option('--for <state>', 'such as promoted, paused or reverted (repeatable)', collectState, [])
    .option('--timeout <duration>', 'at most this long, such as 10m', durationArgument)
    .action(
      run(async (session, { for: states, timeout }) => {
        const { output } = session;
        const { exitOfWait, wait } = await import('../../workflows/wait.ts');
        const { waitText } = await import('../../ui/traffic-view.ts');
        const { followed } = await import('../followed.ts');
        const waiting = (shown: Context) => wait(shown, { states, timeout });
        const { result, steered } = await followed(session, 'wait', waiting);
        if (!result) return steered ?? EXIT.done;
        output.result(result, () => waitText(result));
        return exitOfWait(result, states.length > 0);
      }),
    );
}
