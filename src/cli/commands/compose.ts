import type { Program, WithSession } from '../session.ts';

export function compose(program: Program, run: WithSession): void {
  program
    .command('compose')
    .description('run `docker compose` as canary does: it sees stable, canary and proxy')
    .argument('<args...>', 'a command of Docker Compose; after `--` also with flags')
    .action(
      run(async ({ context }, args) => {
        const { compose } = await import('../../workflows/compose.ts');
        return compose(context, args);
      }),
    );
}
