/** What one visitor saw of the shop. */
export interface Visit {
  user: string;
  status: number;
  page: string;
}

/** Many visitors, each with a name of their own, a few at a time. */
export async function visit(url: string, users: readonly string[]): Promise<Visit[]> {
  const visits: Visit[] = [];
  const queue = [...users];
  const worker = async () => {
    for (let user = queue.pop(); user !== undefined; user = queue.pop()) {
      const answer = await fetch(url, {
        headers: { 'X-User-Id': user },
        signal: AbortSignal.timeout(20_000),
      });
      visits.push({ user, status: answer.status, page: await answer.text() });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return visits;
}

export function userNames(count: number, prefix = 'user'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** The discount line of a shop page. */
export function discountLine({ page }: Visit): string {
  return /<p class="discount">.*<\/p>/.exec(page)?.[0] ?? '';
}

/** A constant stream of requests until it is stopped; GETs of the shop and POSTs that must not be lost. */
export class Load {
  private readonly url: string;
  private readonly perSecond: number;
  private readonly open = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private began = 0;
  sent = 0;
  readonly problems: string[] = [];

  constructor(url: string, perSecond = 200) {
    this.url = url;
    this.perSecond = perSecond;
  }

  start(): this {
    this.began = Date.now();
    this.timer = setInterval(() => {
      const due = ((Date.now() - this.began) / 1000) * this.perSecond;
      while (this.sent < due) this.send();
    }, 5);
    return this;
  }

  /** Ends the stream and waits for the last answer. */
  async stop(): Promise<this> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    return this;
  }

  private send(): void {
    const number = this.sent++;
    const isPost = number % 5 === 0;
    const request = fetch(isPost ? new URL('signup', this.url) : this.url, {
      method: isPost ? 'POST' : 'GET',
      headers: { 'X-User-Id': `load-${number}` },
      signal: AbortSignal.timeout(20_000),
    })
      .then(async (answer) => {
        await answer.text();
        if (answer.status >= 500) this.problems.push(`${isPost ? 'POST' : 'GET'} ${answer.status}`);
      })
      .catch((error: unknown) => {
        const cause = error instanceof Error ? (error.cause ?? error) : error;
        this.problems.push(`${isPost ? 'POST' : 'GET'} ${String(cause)}`);
      })
      .finally(() => this.open.delete(request));
    this.open.add(request);
  }
}
