import { EXIT } from '../../errors.ts';
import type { Program, WithSession } from '../session.ts';

/** Without these nothing can be deployed. */
const FOUNDATIONS = ['engine', 'compose', 'proxy'];

export function doctor(program: Program, run: WithSession): void {
  program
    .command('doctor')
    .description('check engine, Compose, git, proxy, disk and clock')
    .action(
      run(async ({ context, output }) => {
        const { doctor } = await import('../../workflows/doctor.ts');
        const { doctorText } = await import('../../ui/setup-view.ts');
        const findings = await doctor(context);
        const result = { version: 1 as const, findings };
        output.result(result, () => doctorText(result, output.theme));
        const broken = findings.filter((each) => !each.ok);
        if (broken.length === 0) return EXIT.done;
        const isBare = broken.some((each) => FOUNDATIONS.includes(each.name));
        return isBare ? EXIT.unreachable : EXIT.usage;
      }),
    );
}
