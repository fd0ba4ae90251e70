import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FLUSH, packet, readPackets } from '../../../src/git/pkt-line.ts';

async function* chunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

async function read(bytes: Buffer, sizes: readonly number[] = []): Promise<(string | null)[]> {
  const packets: (string | null)[] = [];
  for await (const each of readPackets(chunks(bytes, sizes))) packets.push(each);
  return packets;
}

describe('packets', () => {
  test('start with their length, including its own four digits', () => {
    expect(packet('version=1\n')).toBe('000eversion=1\n');
    expect(packet('ä')).toBe('0006ä');
  });

  test('are read as they were written, however the bytes arrive', async () => {
    const line = fc.option(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.endsWith('\n')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.integer({ min: 0, max: 9 })),
        async (lines, sizes) => {
          const bytes = Buffer.from(
            lines.map((each) => (each === null ? FLUSH : packet(each))).join(''),
          );
          expect(await read(bytes, sizes)).toEqual(lines);
        },
      ),
    );
  });

  test('longer than git allows are cut', () => {
    const long = packet('x'.repeat(100_000));
    expect(Number.parseInt(long.slice(0, 4), 16)).toBe(Buffer.byteLength(long));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(65_520);
  });

  test.each([
    ['no length', 'zzzzhello'],
    ['a length below its own', '0003'],
    ['an end in the middle', '000ever'],
    ['half a length', '00'],
  ])('%s is rejected', async (_, text) => {
    await expect(read(Buffer.from(text))).rejects.toThrow(/packet/);
  });
});
