import type { SideTraffic, Traffic } from '../../documents/live.ts';
import { formatWeight } from '../../proxy/weight.ts';
import { type Glyphs, sparkline } from './glyphs.ts';
import type { Mark } from './happened.ts';
import { apart, columns, type Line, type Look, type Piece, placesOfLine } from './line.ts';
import type { LiveModel, ServiceLeaf, SideTree, StepMark } from './model.ts';

/** Where the facts begin that have a name at the left. */
const NAMES = 9;
const LONGEST_BAR = 40;
const SCALE = 31;
const RATE_INTERVALS = 3;

const LOOKS: Readonly<Record<Mark, Look>> = {
  good: 'good',
  bad: 'bad',
  waiting: 'warn',
  running: 'canary',
  unsure: 'warn',
  note: 'dim',
};

/** The sign of something that happened, in its colour. */
function sign(mark: Mark, glyphs: Glyphs): Piece {
  return [mark === 'note' ? glyphs.dot : glyphs[mark], LOOKS[mark]];
}

/** Project, release, state, and why. */
export function headBlock(model: LiveModel, width: number, glyphs: Glyphs): Line[] {
  const { head, why, alarms } = model;
  const project: Line = [[model.project, 'bold'], model.proxy && `  proxy ${model.proxy}`];
  return [
    apart(project, [[`${model.clock} UTC`, 'dim']], width),
    ...(head
      ? [
          apart(
            [
              sign(head.mark, glyphs),
              ' ',
              [head.state, LOOKS[head.mark]],
              '  ',
              [head.title, 'bold'],
            ],
            [[head.age, 'dim']],
            width,
          ),
        ]
      : []),
    [head ? '  ' : '', why],
    ...alarms.map((text): Line => [[`${glyphs.bad} ${text}`, 'bad']]),
  ];
}

/** The steps, how far the present one is, what it waits for, and the weight. */
export function planBlock(model: LiveModel, width: number, glyphs: Glyphs): Line[] {
  const { steps, time, doing, waitsFor, weight } = model;
  const lines: Line[] = [];
  if (steps.length > 0) lines.push(named('steps', stepLine(steps, width - NAMES, glyphs)));
  if (time) {
    const long = Math.max(10, Math.min(LONGEST_BAR, width - NAMES - 40));
    const filled = Math.round(time.over * long);
    const all = time.leftOfAll === time.left ? '' : `, ${time.leftOfAll} of all steps`;
    lines.push(
      named('', [
        [glyphs.filled.repeat(filled), 'canary'],
        [glyphs.empty.repeat(long - filled), 'dim'],
        `  ${time.left} left${all}`,
      ]),
    );
  }
  if (doing) lines.push(named('now', [doing]));
  else if (waitsFor) lines.push(named('waits', [`for ${waitsFor}`]));
  if (weight) {
    const { set, measured } = weight;
    const seen = measured === null ? 'no requests yet' : `${formatWeight(measured)} measured`;
    lines.push(named('weight', [[formatWeight(set), 'bold'], ` set, ${seen}`]));
  }
  return lines;
}

function named(name: string, line: Line): Line {
  return [[name.padEnd(NAMES), 'dim'], ...line];
}

function stepLine(steps: readonly StepMark[], room: number, { good, here, more }: Glyphs): Line {
  const pieces = steps.map(({ is, what, time }): Line => {
    const text = time ? `${what} ${time}` : what;
    if (is === 'done') return [[`${good} ${text}`, 'good']];
    return is === 'here' ? [[`${here} ${text}`, 'canary']] : [[text, 'dim']];
  });
  const present = steps.findIndex(({ is }) => is === 'here');
  const together = (from: number): Line => [
    ...(from > 0 ? [`${more} `] : []),
    ...pieces.slice(from).flatMap((piece, index) => (index === 0 ? piece : ['  ', ...piece])),
  ];
  let from = 0;
  // What is done makes place for what comes.
  while (from < present && placesOfLine(together(from)) > room) from += 1;
  return together(from);
}

/** Both sides by the proxy's log. */
export function trafficBlock({ traffic }: LiveModel, width: number, glyphs: Glyphs): Line[] {
  if (!traffic || traffic.covers <= 0) return [];
  const head = ['', 'rate', 'failed', '4xx', 'p50', 'p99'].map((name): Piece => [name, 'dim']);
  const row = (name: 'stable' | 'canary', look: Look): Line => {
    const side = traffic[name];
    return [
      [name, look],
      `${rate(side, traffic)}/s`,
      [share(side.failures, side.requests), side.failures > 0 ? 'bad' : 'plain'],
      share(side.refused, side.requests),
      time(side.p50),
      time(side.p99),
    ];
  };
  const rows = columns([head, row('stable', 'good'), row('canary', 'canary')], [1, 2, 3, 4, 5]);
  const [names = [], ...sides] = rows;
  const room = width - placesOfLine(names) - 2;
  const shown = Math.min(room, traffic.stable.series.length);
  if (shown < 6) return rows;
  const span = Math.round((shown * traffic.interval) / 1000);
  const label = span >= 120 ? `last ${Math.round(span / 60)} minutes` : `last ${span} s`;
  const charts = [traffic.stable, traffic.canary].map((side) => chart(side, shown, glyphs));
  return [
    [...names, '  ', [label, 'dim']],
    ...sides.map((line, index): Line => [...line, '  ', [charts[index] ?? '', 'dim']]),
  ];
}

/** Each side on its own scale: a canary has far fewer requests. */
function chart({ series }: SideTraffic, shown: number, glyphs: Glyphs): string {
  return sparkline(series.slice(-shown), glyphs);
}

/** Of the last seconds: a minute would hide how many users a weight that has just changed sends. */
function rate({ series }: SideTraffic, { covers, interval }: Traffic): string {
  const latest = series.slice(
    -Math.max(1, Math.min(RATE_INTERVALS, Math.floor(covers / interval))),
  );
  const requests = latest.reduce((sum, each) => sum + each, 0);
  const value = (requests * 1000) / (latest.length * interval);
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}

function share(part: number, all: number): string {
  if (all === 0) return '-';
  if (part === 0) return '0';
  const percent = (part / all) * 100;
  return `${part.toLocaleString('en-US')} (${percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2)} %)`;
}

function time(ms: number | null): string {
  if (ms === null) return '-';
  return ms < 1000 ? `${ms < 10 ? ms : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** How far the judge is, on a scale between the two ends it may come to. */
export function evidenceBlock({ evidence }: LiveModel, glyphs: Glyphs): Line[] {
  if (!evidence) return [];
  const { line, left, right, mark, middle } = glyphs.scale;
  const place = Math.round(onScale(evidence) * (SCALE - 1));
  const half = (SCALE - 1) / 2;
  const signs = Array.from({ length: SCALE }, (_, index) =>
    index === place ? mark : index === half ? middle : line,
  );
  const look = place < half ? 'bad' : place > half ? 'good' : 'plain';
  return [
    named('evidence', [
      ['surely worse ', 'dim'],
      left,
      signs.slice(0, place).join(''),
      [mark, look],
      signs.slice(place + 1).join(''),
      right,
      [' surely fine', 'dim'],
    ]),
    named('', [evidence.text]),
  ];
}

/** 0: judged bad; 0.5: nothing is known; 1: it passes. */
function onScale({ against, for: speaksFor }: { against: number; for: number }): number {
  return 0.5 + 0.5 * speaksFor - 0.5 * against * (1 + speaksFor);
}

/** Both sides with their services, in at most so many lines. */
export function treeBlock({ tree }: LiveModel, most: number, glyphs: Glyphs): Line[] {
  const ofEach = Math.floor((most - tree.length) / Math.max(1, tree.length));
  if (ofEach < 1) return [];
  return tree.flatMap((side) => {
    const isWhole = side.services.length <= ofEach;
    const shown = isWhole ? side.services : side.services.slice(0, ofEach - 1);
    const rest = side.services.length - shown.length;
    const rows = columns(shown.map((leaf) => leafRow(leaf)));
    return [
      sideLine(side),
      ...rows.map((row, index): Line => {
        const isLast = rest === 0 && index === rows.length - 1;
        return [[`${isLast ? glyphs.last : glyphs.branch} `, 'dim'], ...row];
      }),
      ...(rest > 0 ? [[[`${glyphs.last} and ${rest} more`, 'dim'] as const]] : []),
    ];
  });
}

function sideLine({ side, name }: SideTree): Line {
  return [[side, side === 'stable' ? 'good' : 'canary'], '  ', [name, 'dim']];
}

function leafRow({
  name,
  image,
  running,
  containers,
  health,
  isGood,
  restarts,
}: ServiceLeaf): Line {
  const again = restarts === 0 ? '' : `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
  return [
    name,
    `${running}/${containers}`,
    [`${health}${again}`, isGood && restarts === 0 ? 'good' : 'bad'],
    [image, 'dim'],
  ];
}

/** The last events that fit in so many lines. */
export function eventsBlock({ events }: LiveModel, most: number, glyphs: Glyphs): Line[] {
  if (most < 1) return [];
  return events
    .slice(-most)
    .map(({ clock, mark, text }): Line => [[clock, 'dim'], ' ', sign(mark, glyphs), ' ', text]);
}
