import type { SimulatedEngine } from './engine.ts';
import type { Paths } from './paths.ts';
import type { Timeline } from './timeline.ts';

/** What every simulated program stands on. */
export interface Ground {
  engine: SimulatedEngine;
  timeline: Timeline;
  paths: Paths;
}
