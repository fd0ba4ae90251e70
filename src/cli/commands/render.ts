import type { Program, WithSession } from '../session.ts';

export function render(program: Program, run: WithSession): void {
  program
    .command('render')
    .description('print the override canary would use, as plain compose YAML')
    .option('-b, --branch <name>', 'with the clones of this branch')
    .action(
      run(async ({ context, output }, { branch }) => {
        const { render } = await import('../../workflows/render.ts');
        const yaml = await render(context, branch);
        output.result({ override: yaml }, () => yaml.trimEnd());
      }),
    );
}
