import type { Theme } from '../theme.ts';
import {
  eventsBlock,
  evidenceBlock,
  headBlock,
  planBlock,
  trafficBlock,
  treeBlock,
} from './blocks.ts';
import type { Glyphs } from './glyphs.ts';
import { fitted, type Line } from './line.ts';
import type { LiveModel } from './model.ts';

/** Where the view is shown. */
export interface Screen {
  /** In signs and lines; the view takes at most that. */
  width: number;
  height: number;
  theme: Theme;
  glyphs: Glyphs;
}

const MOST_EVENTS = 20;
/** So many events are worth more than the last service of a long tree. */
const FEW_EVENTS = 3;

/**
 * The view as lines for a terminal. What matters most is never left out: release, state, steps, weight, and `footer`,
 * the keys. Then come the traffic, the evidence, the services and the last events, as far as there is room.
 */
export function renderLive(
  model: LiveModel,
  footer: readonly Line[],
  { width, height, theme, glyphs }: Screen,
): string[] {
  const head = headBlock(model, width, glyphs);
  const plan = planBlock(model, width, glyphs);
  let room = height - head.length - plan.length - footer.length;
  const ifRoom = (lines: Line[]) => {
    if (lines.length > room) return [];
    room -= lines.length;
    return lines;
  };
  const traffic = ifRoom(trafficBlock(model, width, glyphs));
  const evidence = ifRoom(evidenceBlock(model, glyphs));
  const few = Math.min(FEW_EVENTS, model.events.length);
  const tree = ifRoom(treeBlock(model, room - few, glyphs));
  const blocks = [head, plan, traffic, evidence, tree].filter(({ length }) => length > 0);
  const hasGaps = room - few >= blocks.length + 1;
  if (hasGaps) room -= blocks.length + 1;
  const events = eventsBlock(model, Math.min(room, MOST_EVENTS), glyphs);
  const lines = [...blocks, events]
    .filter(({ length }) => length > 0)
    .flatMap((block, index): readonly Line[] => (hasGaps && index > 0 ? [[''], ...block] : block));
  const gap: readonly Line[] = hasGaps && footer.length > 0 ? [['']] : [];
  // On a terminal of a few lines, the keys stay.
  return [...lines.slice(0, Math.max(0, height - footer.length - gap.length)), ...gap, ...footer]
    .slice(0, height)
    .map((line) => fitted(line, width, theme, glyphs.more));
}
