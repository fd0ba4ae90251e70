import type { NotifyEvent } from '../../config/sections/notify.ts';

/** The colour of an event, as 24 bits of red, green and blue. */
export function colorOf(event: NotifyEvent): number {
  if (event === 'judged-bad' || event === 'failed') return 0xd0_39_2b;
  if (event === 'promoted') return 0x2e_a0_43;
  return event === 'start' || event === 'step' ? 0x3b_82_f6 : 0xd2_99_22;
}
