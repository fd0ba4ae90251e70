/** The direction in which users may change sides. */
type Move = 'join' | 'leave';

/** A part of the story, and what is right during it. */
export interface Phase {
  name: string;
  /** Versions that may answer. */
  versions: readonly string[];
  /** The canary's version: moving to it is joining, moving away from it is leaving. */
  canary?: string;
  /** Side changes that users may see; none by default. */
  moves?: readonly Move[];
  /** The versions whose containers are removed, after their drain. */
  retires?: readonly string[];
  /** Whether the published port moves from one container to another. */
  handsOver?: boolean;
}

interface Begun extends Phase {
  began: number;
}

interface Seen {
  version: string;
  sent: number;
  answered: number;
}

/** Judges every response by the phases it fell into. Pure: the time is an argument. */
export class Story {
  private readonly phases: Begun[] = [];
  private readonly known = new Map<string, Seen>();
  /** Responses from a version that must not answer. */
  readonly wrongVersions: string[] = [];
  /** Users who changed sides when they must not. */
  readonly wrongMoves: string[] = [];
  /** Requests by phase and version. */
  readonly counts = new Map<string, Map<string, number>>();
  /** Users seen on a version, by phase. */
  readonly users = new Map<string, Map<string, Set<string>>>();

  begin(phase: Phase, now: number): void {
    this.phases.push({ ...phase, began: now });
  }

  get current(): Begun {
    const phase = this.phases.at(-1);
    if (!phase) throw new Error('The story has not begun.');
    return phase;
  }

  /** The phases that were active at any time between two times. */
  between(from: number, to: number): Begun[] {
    return this.phases.filter(({ began }, index) => {
      const ended = this.phases[index + 1]?.began ?? Number.POSITIVE_INFINITY;
      return began <= to && ended >= from;
    });
  }

  /** Adds a response. */
  answered(user: string, { version, sent, answered }: Seen): void {
    const allowed = this.between(sent, answered).flatMap(({ versions }) => versions);
    if (!allowed.includes(version)) {
      this.wrongVersions.push(`${user} was answered by ${version} in ${this.nameAt(sent)}`);
    }
    this.judgeMove(user, { version, sent, answered });
    this.count(user, version, sent);
  }

  private judgeMove(user: string, seen: Seen): void {
    const before = this.known.get(user);
    // Only a request sent after the earlier response shows that the user moved.
    if (before && seen.sent < before.answered) return;
    this.known.set(user, seen);
    if (!before || before.version === seen.version) return;
    const isRight = this.between(before.sent, seen.answered).some(({ canary, moves = [] }) =>
      seen.version === canary ? moves.includes('join') : moves.includes('leave'),
    );
    if (isRight) return;
    this.wrongMoves.push(
      `${user} went from ${before.version} to ${seen.version} in ${this.nameAt(seen.sent)}`,
    );
  }

  private count(user: string, version: string, sent: number): void {
    const name = this.nameAt(sent);
    const counts = this.counts.get(name) ?? new Map<string, number>();
    counts.set(version, (counts.get(version) ?? 0) + 1);
    this.counts.set(name, counts);
    const users = this.users.get(name) ?? new Map<string, Set<string>>();
    users.set(version, (users.get(version) ?? new Set<string>()).add(user));
    this.users.set(name, users);
  }

  private nameAt(time: number): string {
    return this.between(time, time).at(-1)?.name ?? 'nothing';
  }
}
