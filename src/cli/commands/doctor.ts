import { EXIT } from '../../errors.ts';
import { alignColumns } from '../../ui/table.ts';
import { doctor } from '../../workflows/doctor.ts';
import type { Session } from '../session.ts';

/** Things without which nothing can be deployed anywhere. */
const FOUNDATIONS = ['engine', 'compose', 'proxy'];

export async function runDoctor({ context, output }: Session): Promise<number> {
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
  return broken.some((each) => FOUNDATIONS.includes(each.name)) ? EXIT.unreachable : EXIT.usage;
}
