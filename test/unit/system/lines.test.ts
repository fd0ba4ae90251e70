import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineSplitter } from '../../../src/system/lines.ts';
import { processRunner } from '../../../src/system/process.ts';

const LONGEST = 65_536;

function split(chunks: readonly Uint8Array[], breaks?: 'progress'): string[] {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line), breaks);
  for (const chunk of chunks) splitter.add(chunk);
  splitter.end();
  return lines;
}

const text = fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\n', '\r\n', ' ') });

test('however a text is cut into chunks, its lines are the same', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(20)), (whole, sizes) => {
      const bytes = Buffer.from(whole);
      let at = 0;
      const chunks = sizes.map((size) => {
        at += size;
        return bytes.subarray(at - size, at);
      });
      chunks.push(bytes.subarray(at));
      const expected = whole.split(/\r?\n/);
      if (expected.at(-1) === '') expected.pop();
      expect(split(chunks)).toEqual(expected);
    }),
  );
});

test('a carriage return ends a line where a program draws over it', () => {
  expect(split([Buffer.from('1 %\r2 %\r'), Buffer.from('done\n')], 'progress')).toEqual(
    expect.arrayContaining(['1 %', '2 %', 'done']),
  );
  expect(split([Buffer.from('1 %\r2 %\n')])).toEqual(['1 %\r2 %']);
});

test('a line that never ends is passed on in pieces', () => {
  const lengths: number[] = [];
  const splitter = lineSplitter((line) => lengths.push(line.length));
  for (let at = 0; at < 100; at += 1) splitter.add(Buffer.alloc(10_000, 'a'));
  expect(lengths).toEqual(Array.from({ length: 15 }, () => LONGEST));
});

test('a long line is in pieces and in its place, wherever it is cut', () => {
  const whole = `first\n${'a'.repeat(LONGEST + 9)}\nlast`;
  const lines = ['first', 'a'.repeat(LONGEST), 'a'.repeat(9), 'last'];
  expect(split([Buffer.from(whole)])).toEqual(lines);
  const halves = [whole.slice(0, LONGEST - 5), whole.slice(LONGEST - 5)];
  expect(split(halves.map((each) => Buffer.from(each)))).toEqual(lines);
});

test('a program that never ends its line cannot fill the memory, and its output is as it was', async () => {
  const pieces: number[] = [];
  const onLine = (line: string) => pieces.push(line.length);
  const script = "head -c 1000000 /dev/zero | tr '\\0' a; printf 'b\\r\\nc'";
  const { stdout } = await processRunner(process.env)('sh', ['-c', script], { onLine });
  expect(stdout).toBe(`${'a'.repeat(1_000_000)}b\r\nc`);
  expect(Math.max(...pieces)).toBe(LONGEST);
});
