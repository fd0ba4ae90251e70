import { expect, test } from 'vitest';
import { Painter } from '../../../../src/ui/live/painter.ts';
import { TinyTerminal } from '../../../support/tiny-terminal.ts';

function painterOn(columns: number, rows: number) {
  const terminal = new TinyTerminal(columns, rows);
  terminal.write('$ canary deploy\n');
  return { terminal, painter: new Painter((text) => terminal.write(text)) };
}

test('draws over the panel, also with fewer and shorter lines', () => {
  const { terminal, painter } = painterOn(20, 10);
  painter.paint(['one', 'two is long', 'three'], 20);
  expect(terminal.screen).toBe('$ canary deploy\none\ntwo is long\nthree');
  painter.paint(['1', '2'], 20);
  expect(terminal.screen).toBe('$ canary deploy\n1\n2');
  expect(terminal.isHeldBack).toBe(false);
});

test('what is said stays above the panel and scrolls away', () => {
  const { terminal, painter } = painterOn(20, 4);
  painter.paint(['panel', 'keys'], 20);
  painter.paint(['panel', 'keys'], 20, ['built']);
  painter.paint(['panel 2', 'keys'], 20, ['started', 'ready']);
  expect(terminal.screen).toBe('ready\npanel 2\nkeys');
  expect(terminal.history).toEqual(['$ canary deploy', 'built', 'started']);
});

test('a line as wide as the terminal keeps its last sign and takes one row', () => {
  const { terminal, painter } = painterOn(15, 6);
  painter.paint(['123456789012345', 'ab'], 15);
  painter.paint(['543210987654321', 'ab'], 15);
  expect(terminal.screen.split('\n').slice(-2)).toEqual(['543210987654321', 'ab']);
  expect(terminal.screen).not.toContain('123456789');
});

test('a narrower terminal, which has broken its lines in two, is drawn over whole', () => {
  const { terminal, painter } = painterOn(20, 12);
  painter.paint(['seventeen places!', 'short'], 20);
  terminal.narrow(10);
  painter.paint(['a line', 'short'], 10);
  expect(terminal.screen).toBe('$ canary d\neploy\na line\nshort');
});

test('the cursor is hidden while it draws, and there again below the panel at the end', () => {
  const { terminal, painter } = painterOn(20, 10);
  painter.paint(['panel'], 20);
  expect(terminal.isCursorShown).toBe(false);
  painter.end();
  painter.end();
  expect(terminal.isCursorShown).toBe(true);
  terminal.write('$ ');
  expect(terminal.screen).toBe('$ canary deploy\npanel\n$');
});
