import type { NotifyTest } from '../documents/notify.ts';
import { resultMark, type Theme } from './theme.ts';

/** Who got a test message, and what each answered. */
export function notifyTestText({ targets }: NotifyTest, theme: Theme): string {
  return targets
    .map(({ name, ok, answer }) => `${resultMark(ok ? 'pass' : 'fail', theme)} ${name}: ${answer}`)
    .join('\n');
}
