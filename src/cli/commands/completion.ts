import { oneOf } from '../arguments.ts';
import { completionScript, SHELLS } from '../completion/scripts.ts';
import type { Program, WithSession } from '../session.ts';

export function completion(program: Program, run: WithSession): void {
  program
    .command('completion')
    .description('print the script by which a shell completes commands, options and names')
    .argument('<shell>', SHELLS.join(', '), (text) => oneOf(SHELLS, text))
    .action(
      run(async ({ context, streams }, shell) => {
        streams.stdout.write(await completionScript(context.program.templates, shell));
      }),
    );
}
