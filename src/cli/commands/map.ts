import { Option } from '@commander-js/extra-typings';
import { formatMap, MAP_FORMATS } from '../../ui/map-view.ts';
import { oneOf } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function map(program: Program, run: WithSession): void {
  program
    .command('map')
    .description(
      'print which services users reach, which get a canary, which are shared, and who calls whom',
    )
    .addOption(
      new Option('--format <format>', 'text, mermaid, dot or json')
        .choices(MAP_FORMATS)
        .argParser((text) => oneOf(MAP_FORMATS, text))
        .default('text' as const),
    )
    .action(
      run(async ({ context, output }, { format }) => {
        const { map } = await import('../../workflows/map.ts');
        const result = await map(context);
        output.result(result, () => formatMap(result, format));
      }),
    );
}
