import { isDownByOthers } from './downtime.ts';
import type { Ground } from './ground.ts';
import type { SimulatedHaproxy } from './haproxy.ts';

/** What one request of a user came to. */
export interface Visit {
  at: number;
  user: string;
  side: 'stable' | 'canary' | 'none';
  version: string;
  status: number;
  /** Nobody listened at the port. */
  isRefused: boolean;
  /** The weight in force, in hundredths of a percent; `undefined` without a proxy. */
  weight: number | undefined;
  /** The proxy had a canary for users of its weight. */
  hasCanary: boolean;
  /** From the question to the answer, or to the end of the user's patience, in milliseconds. */
  tookMs: number;
  /** Something that canary did not do kept the answer away: a crash, or somebody's restart. */
  isExcused: boolean;
}

const NOTHING: Omit<Visit, 'at' | 'user'> = {
  side: 'none',
  version: '',
  status: 0,
  isRefused: false,
  weight: undefined,
  hasCanary: false,
  tookMs: 0,
  isExcused: false,
};
const MOST_WAIT_MS = 5000;
const TRY_AGAIN_MS = 50;
const MOST_TRIES = 100;

interface Question {
  user: string;
  port: number;
  at: number;
  /** Gets what it came to. */
  told: (visit: Visit) => void;
}

interface Place extends Ground {
  haproxy: SimulatedHaproxy;
}

/** Users who ask for a page at the port that they know, again and again, and keep what they saw. */
export class Visitors {
  readonly visits: Visit[] = [];
  private readonly world: Place;
  private isAsking = false;

  constructor(world: Place) {
    this.world = world;
  }

  /** Lets this many users ask in turn, one each `everyMs`. */
  begin(count: number, everyMs: number, port: number): void {
    this.isAsking = true;
    let turn = 0;
    const next = () => {
      if (!this.isAsking) return;
      turn += 1;
      const user = `user-${turn % count}`;
      const told = (visit: Visit) => void this.visits.push(visit);
      this.ask({ user, port, at: this.world.timeline.now(), told });
      this.world.timeline.after(everyMs, next);
    };
    this.world.timeline.after(everyMs, next);
  }

  end(): void {
    this.isAsking = false;
  }

  /** One user asks once. */
  one(user: string, port: number): Promise<Visit> {
    return new Promise((resolve) => {
      this.ask({ user, port, at: this.world.timeline.now(), told: resolve });
    });
  }

  /** A paused proxy lets a request wait; where a connection waits for a server, the proxy tries again. */
  private ask(question: Question, tries = 0, wasDown = false): void {
    const { user, port, at, told } = question;
    const { engine, haproxy, timeline } = this.world;
    const holder = engine.holderOf(port);
    const later = () => {
      const isDown = wasDown || isDownByOthers(engine, timeline.now());
      timeline.after(TRY_AGAIN_MS, () => this.ask(question, tries + 1, isDown));
    };
    const keep = (visit: Partial<Visit>) => {
      const isLost = visit.isRefused === true || (visit.status ?? 200) >= 500;
      const isExcused = isLost && (wasDown || isDownByOthers(engine, timeline.now()));
      told({ ...NOTHING, at, user, isExcused, tookMs: timeline.now() - at, ...visit });
    };
    const worker = holder && haproxy.of(holder)?.current;
    if (holder && !engine.programOf(holder).isProxy && engine.listens(holder)) {
      keep({ side: 'stable', version: engine.programOf(holder).version, status: 200 });
      return;
    }
    if (!worker) {
      keep({ isRefused: true });
      return;
    }
    const isLate = timeline.now() - at > MOST_WAIT_MS || tries > MOST_TRIES;
    const [inner = port] = worker.configuration.entries.keys();
    const answer = worker.isAccepting ? worker.answer(user, inner) : undefined;
    if (!answer?.container && !isLate) {
      later();
      return;
    }
    if (!answer) {
      keep({ isRefused: true });
      return;
    }
    keep({
      side: answer.side,
      version: answer.container ? engine.programOf(answer.container).version : '',
      status: answer.status,
      weight: worker.weight(),
      hasCanary: worker.offersCanary(inner),
    });
  }
}
