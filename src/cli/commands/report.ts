import { Option } from '@commander-js/extra-typings';
import type { Program, WithSession } from '../session.ts';

export function report(program: Program, run: WithSession): void {
  program
    .command('report')
    .description('one release as Markdown, for a pull request or the page of a CI job')
    .argument('[release]', 'its id; the newest one when left out')
    .addOption(new Option('--format <format>', 'md').choices(['md']).default('md'))
    .action(
      run(async ({ context, output }, release) => {
        const { report } = await import('../../workflows/report.ts');
        const { reportMarkdown } = await import('../../ui/report-view.ts');
        const result = await report(context, release);
        output.result(result, () => reportMarkdown(result).trimEnd());
      }),
    );
}
