import { formatWeight } from '../../proxy/weight.ts';
import { clause } from '../../sentences.ts';
import type { LiveModel } from './model.ts';

const HEARTBEAT_MS = 30_000;

/** The live view as lines for a pipe or a log: what happens, and every thirty seconds how it stands. */
export class WatchLines {
  private told = 0;
  private stood = '';
  private stoodAt = Number.NEGATIVE_INFINITY;

  /** The lines that are new at a time, in milliseconds. */
  at(model: LiveModel, now: number): string[] {
    // Another release begins its events anew.
    if (model.events.length < this.told) this.told = 0;
    const happened = model.events
      .slice(this.told)
      .map(({ clock, text }) => `${clock} ${text.replaceAll('\n', ' ')}`);
    this.told = model.events.length;
    const { head, why, steps } = model;
    const place = `${head?.state ?? ''} ${steps.map(({ is }) => is).join(' ')} ${why}`;
    const isDue = place !== this.stood || now - this.stoodAt >= HEARTBEAT_MS;
    if (!isDue) return happened;
    this.stood = place;
    this.stoodAt = now;
    return [...happened, standing(model)];
  }
}

function standing({
  clock,
  head,
  why,
  weight,
  doing,
  waitsFor,
  evidence,
  alarms,
}: LiveModel): string {
  const measured = weight?.measured;
  const seen =
    measured === null || measured === undefined ? '' : `, ${formatWeight(measured)} measured`;
  const parts = [
    `${clock} ${head ? `${head.state}: ` : ''}${clause(why)}`,
    ...(weight ? [`weight ${formatWeight(weight.set)} set${seen}`] : []),
    ...(doing ? [`now: ${doing}`] : []),
    ...(waitsFor ? [`waits for ${waitsFor}`] : []),
    ...(evidence && !waitsFor.includes(evidence.text) ? [clause(evidence.text)] : []),
    ...alarms,
  ];
  return parts.join('; ').replaceAll('\n', ' ');
}
