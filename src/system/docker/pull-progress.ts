import { parsedObject } from './json-lines.ts';

/** How far a pull is, of every image together, as far as the engine knows it. */
export interface Pulled {
  layers: { done: number; of: number };
  bytes: { done: number; of: number };
  /** Seconds until everything is downloaded if it goes on as it has gone so far; nothing before that can be told. */
  secondsLeft?: number;
}

interface Layer {
  isDone: boolean;
  done: number;
  of: number;
}

/** Too early, a rate says nothing. */
const TELLING_MS = 2000;

/** Reads what Compose prints with `--progress json` while it pulls. */
export class PullProgress {
  private readonly layers = new Map<string, Layer>();
  private readonly now: () => number;
  private began: number | undefined;

  /** `now`: milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** How far it is after a line; nothing if the line says nothing of a layer. */
  read(line: string): Pulled | undefined {
    const told = parsedObject(line);
    // What belongs to no image is the image itself.
    if (!told || typeof told.id !== 'string' || typeof told.parent_id !== 'string')
      return undefined;
    const layer = this.layers.get(told.id) ?? { isDone: false, done: 0, of: 0 };
    this.layers.set(told.id, layerAfter(layer, told));
    return this.sum();
  }

  private sum(): Pulled {
    const all = [...this.layers.values()];
    const total = (key: 'done' | 'of') => all.reduce((sum, each) => sum + each[key], 0);
    const bytes = { done: total('done'), of: total('of') };
    const layers = { done: all.filter(({ isDone }) => isDone).length, of: all.length };
    if (bytes.done > 0) this.began ??= this.now();
    const ms = this.now() - (this.began ?? this.now());
    if (ms < TELLING_MS || bytes.done === 0) return { layers, bytes };
    const secondsLeft = Math.ceil(((bytes.of - bytes.done) * ms) / bytes.done / 1000);
    return { layers, bytes, secondsLeft };
  }
}

function layerAfter(layer: Layer, told: Record<string, unknown>): Layer {
  const [done, of] = [Number(told.current), Number(told.total)];
  switch (told.text) {
    case 'Downloading':
      return done >= 0 && of > 0 ? { isDone: false, done: Math.min(done, of), of } : layer;
    case 'Verifying Checksum':
    case 'Download complete':
    case 'Extracting':
      return { ...layer, done: layer.of };
    case 'Pull complete':
    case 'Already exists':
      return { isDone: true, done: layer.of, of: layer.of };
    default:
      return layer;
  }
}
