/**
 * Git's framing of lines between programs (gitprotocol-common(5), "pkt-line"): four hexadecimal
 * digits of length, then the text.
 */
export const FLUSH = '0000';

/** The longest text that fits in a packet. */
const LONGEST = 65_516;

/** Encodes one line as a packet. */
export function packet(text: string): string {
  const line = Buffer.byteLength(text) > LONGEST ? text.slice(0, LONGEST / 4) : text;
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

/**
 * Reads packets one after another; a flush packet is `null`. Throws if the bytes are not packets,
 * or end in the middle of one.
 */
export async function* readPackets(
  bytes: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<string | null> {
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    rest = Buffer.concat([rest, Buffer.from(chunk)]);
    for (;;) {
      const length = packetLength(rest);
      if (length === undefined || rest.length < length) break;
      yield length === 0 ? null : rest.subarray(4, length).toString().replace(/\n$/, '');
      rest = rest.subarray(Math.max(length, 4));
    }
  }
  if (rest.length > 0) throw new Error('The data ends in the middle of a packet.');
}

function packetLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const digits = bytes.subarray(0, 4).toString('latin1');
  const length = Number.parseInt(digits, 16);
  if (!/^[0-9a-f]{4}$/i.test(digits) || (length > 0 && length < 4)) {
    throw new Error(`${JSON.stringify(digits)} is not the length of a packet.`);
  }
  return length;
}
