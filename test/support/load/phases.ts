/** Which way users may change sides. */
type Move = 'join' | 'leave';

/** A part of the story, and what is right while it lasts. */
export interface Phase {
  name: string;
  /** Versions that may answer. */
  versions: readonly string[];
  /** The canary's version: to come to it is to join, to come from it is to leave. */
  canary?: string;
  /** Changes of sides that users may see; none when left out. */
  moves?: readonly Move[];
  /** The version whose containers are taken away, after their drain. */
  retires?: readonly string[];
  /** Whether the published port goes from one container to another. */
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

/** Judges every answer by the phases it fell into. Pure: time comes in. */
export class Story {
  private readonly phases: Begun[] = [];
  private readonly known = new Map<string, Seen>();
  /** Answers by a version that had no business there. */
  readonly wrongVersions: string[] = [];
  /** Users who changed sides when they should not have. */
  readonly wrongMoves: string[] = [];
  /** Requests by phase and version. */
  readonly counts = new Map<string, Map<string, number>>();
  /** Users who were seen on a version, by phase. */
  readonly users = new Map<string, Map<string, Set<string>>>();

  begin(phase: Phase, now: number): void {
    this.phases.push({ ...phase, began: now });
  }

  get current(): Begun {
    const phase = this.phases.at(-1);
    if (!phase) throw new Error('The story has not begun.');
    return phase;
  }

  /** The phases that lasted at any time between two times. */
  between(from: number, to: number): Begun[] {
    return this.phases.filter(({ began }, index) => {
      const ended = this.phases[index + 1]?.began ?? Number.POSITIVE_INFINITY;
      return began <= to && ended >= from;
    });
  }

  /** Takes an answer in. */
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
    // Only what was asked after the earlier answer says that the user moved.
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
