import { EXIT } from '../../errors.ts';
import type { Program, WithSession } from '../session.ts';

/** Things without which nothing can be deployed anywhere. */
const FOUNDATIONS = ['engine', 'compose', 'proxy'];

export function doctor(program: Program, run: WithSession): void {
  program
    .command('doctor')
    .description('check engine, Compose, git, proxy, disk and clock')
    .action(
      run(async ({ context, output }) => {
        const { doctor } = await import('../../workflows/doctor.ts');
        const { alignColumns } = await import('../../ui/table.ts');
        const findings = await doctor(context);
        output.result({ version: 1, findings }, () =>
          alignColumns(
            findings.flatMap(({ name, ok, text, hint }) => [
              [ok ? output.theme.good('✔') : output.theme.bad('✖'), name, text],
              ...(hint ? [[' ', '', hint]] : []),
            ]),
          ),
        );
        const broken = findings.filter((each) => !each.ok);
        if (broken.length === 0) return EXIT.done;
        const isBare = broken.some((each) => FOUNDATIONS.includes(each.name));
        return isBare ? EXIT.unreachable : EXIT.usage;
      }),
    );
}
