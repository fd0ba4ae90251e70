import { Agent, request } from 'node:http';
import { within } from './patience.ts';

/** What one visitor saw of the shop. */
export interface Visit {
  user: string;
  status: number;
  page: string;
}

const ANSWER_WITHIN_MS = within(20_000);
// Not fetch: a connection that breaks at the wrong moment can leave a fetch waiting forever.
// Used by one stream only and in turn: the proxy closes an idle connection after a while, perhaps just
// when the next request is sent.
const connections = () => new Agent({ keepAlive: true, scheduling: 'fifo' });

/** One request; rejects if the connection breaks or no response arrives in time. */
function ask(agent: Agent, url: string | URL, method: string, headers: Record<string, string>) {
  return new Promise<{ status: number; page: string }>((resolve, reject) => {
    const call = request(url, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, page: Buffer.concat(chunks).toString() }),
      );
      answer.on('error', reject);
    });
    const patience = setTimeout(
      () => call.destroy(new Error('no answer in time')),
      ANSWER_WITHIN_MS,
    );
    call.on('error', reject);
    call.on('close', () => {
      clearTimeout(patience);
      reject(new Error('closed without an answer'));
    });
    call.end();
  });
}

/** Many visitors, each with their own name, a few at a time. */
export async function visit(
  url: string,
  users: readonly string[],
  method = 'GET',
): Promise<Visit[]> {
  const visits: Visit[] = [];
  const queue = [...users];
  const agent = connections();
  const worker = async () => {
    for (let user = queue.pop(); user !== undefined; user = queue.pop()) {
      visits.push({ user, ...(await ask(agent, url, method, { 'X-User-Id': user })) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker)).finally(() => agent.destroy());
  return visits;
}

export function userNames(count: number, prefix = 'user'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** The discount line of a shop page. */
export function discountLine({ page }: Visit): string {
  return /<p class="discount">.*<\/p>/.exec(page)?.[0] ?? '';
}

/** A stream of requests until it is stopped, as constant as the machine can be; GETs and POSTs that must not fail. */
export class Load {
  private readonly url: string;
  private readonly perSecond: number;
  private readonly atATime: number;
  private readonly agent = connections();
  private readonly open = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  sent = 0;
  readonly problems: string[] = [];

  /** `atATime`: at most this many wait for a response; if the machine cannot keep up, the others come later. */
  constructor(url: string, perSecond = 50, atATime = 32) {
    this.url = url;
    this.perSecond = perSecond;
    this.atATime = atATime;
  }

  start(): this {
    let last = Date.now();
    this.timer = setInterval(() => {
      const now = Date.now();
      this.due += ((now - last) / 1000) * this.perSecond;
      last = now;
      for (; this.due >= 1 && this.open.size < this.atATime; this.due -= 1) this.send();
      this.due = Math.min(this.due, this.atATime);
    }, 5);
    return this;
  }

  /** Ends the stream and waits for the last response. */
  async stop(): Promise<this> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    this.agent.destroy();
    return this;
  }

  private send(): void {
    const number = this.sent++;
    const isPost = number % 5 === 0;
    const method = isPost ? 'POST' : 'GET';
    const url = isPost ? new URL('signup', this.url) : this.url;
    const answered = ask(this.agent, url, method, { 'X-User-Id': `load-${number}` })
      .then(({ status }) => {
        if (status >= 500) this.problems.push(`${method} ${status}`);
      })
      .catch((error: unknown) => {
        this.problems.push(`${method} ${String(error)}`);
      })
      .finally(() => this.open.delete(answered));
    this.open.add(answered);
  }
}
