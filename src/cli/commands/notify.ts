import { EXIT } from '../../errors.ts';
import type { Program, WithSession } from '../session.ts';

export function notify(program: Program, run: WithSession): void {
  const notify = program
    .command('notify')
    .description('who is told what happens to releases (`notify` in canary.yaml)');

  notify
    .command('test')
    .description('send a test message to each target and print how it was answered')
    .argument('[target]', 'only this one, by its name (default: all)')
    .action(
      run(async ({ context, output }, target) => {
        const { notifyTest } = await import('../../workflows/notify-test.ts');
        const { notifyTestText } = await import('../../ui/notify-view.ts');
        const result = await notifyTest(context, target);
        output.result(result, () => notifyTestText(result, output.theme));
        return result.targets.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
      }),
    );
}
