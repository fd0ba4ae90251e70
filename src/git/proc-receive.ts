import { FLUSH, packet } from './pkt-line.ts';
import type { Push, RefUpdate } from './push.ts';

/**
 * The result for one ref: git does the update itself, canary has done it, or it is rejected with a
 * reason.
 */
export type RefResult = { ref: string } & (
  | { result: 'left-to-git' | 'done' }
  | { result: 'refused'; reason: string }
);

const NOTHING = /^0+$/;

/**
 * The protocol of git's `proc-receive` hook (githooks(5)): reads what is pushed and agrees on the
 * features that both sides support. `write` gets packets for git. Throws on anything that does not
 * follow the protocol.
 */
export async function readPush(
  packets: AsyncIterator<string | null>,
  write: (text: string) => void,
): Promise<Push> {
  const [greeting = ''] = await untilFlush(packets);
  const [version, features = ''] = greeting.split('\0');
  if (version !== 'version=1') throw new Error(`git speaks ${version}, not version=1.`);
  const offered = features.split(' ');
  const agreed = ['push-options', 'atomic'].filter((feature) => offered.includes(feature));
  write(packet(`version=1\0${agreed.join(' ')}\n`) + FLUSH);
  const updates = (await untilFlush(packets)).map(readUpdate);
  const options = agreed.includes('push-options') ? await untilFlush(packets) : [];
  return { updates, options, atomic: agreed.includes('atomic') };
}

/** The response to git, one or two lines for each ref. `shown`: a reason as the pusher's terminal may get it. */
export function formatResults(
  results: readonly RefResult[],
  shown: (text: string) => string,
): string {
  return results.map((result) => formatResult(result, shown)).join('') + FLUSH;
}

function formatResult(result: RefResult, shown: (text: string) => string): string {
  if (result.result === 'refused') {
    const reason = shown(result.reason.replace(/\s+/g, ' ').trim()).slice(0, 200);
    return packet(`ng ${result.ref} ${reason}\n`);
  }
  const option = result.result === 'left-to-git' ? packet('option fall-through\n') : '';
  return packet(`ok ${result.ref}\n`) + option;
}

async function untilFlush(packets: AsyncIterator<string | null>): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const next = await packets.next();
    if (next.done) throw new Error('git closed the connection too early.');
    if (next.value === null) return lines;
    lines.push(next.value);
  }
}

function readUpdate(line: string): RefUpdate {
  const [from = '', to = '', ref = ''] = line.split(' ');
  const id = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
  if (!id.test(from) || !id.test(to) || !ref.startsWith('refs/')) {
    throw new Error(`${JSON.stringify(line)} is not an update of a ref.`);
  }
  const commit = (text: string) => (NOTHING.test(text) ? undefined : text);
  return { ref, from: commit(from), to: commit(to) };
}
