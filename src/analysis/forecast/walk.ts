import { LONGEST_MS, MANY, SHORT_MS, SHORTEST_MS } from '../comparison.ts';
import { Judge, type JudgeSettings } from '../judge.ts';
import { binomial, poisson } from '../stats/random.ts';
import type { Seen } from '../witnesses.ts';
import { type Cohort, Crowd } from './crowd.ts';
import { Protection, type ProtectionSettings } from './protection.ts';
import type { SeenTraffic, Users } from './users.ts';

/** A step with a weight, as the judge sees it. */
export interface WalkedStep {
  /** In percent. */
  weight: number;
  /** The weight that passing leads to. */
  nextWeight: number;
  /** The shortest time, in milliseconds. */
  for: number;
  minimumRequests: number;
}

export interface WalkSettings extends ProtectionSettings {
  steps: readonly WalkedStep[];
  judge: JudgeSettings;
  /** How long a step may wait for enough evidence, in milliseconds. */
  deadline: number;
}

/** The way of one canary through its steps. */
export interface Walk {
  /** `unsure`: a step waited in vain for enough evidence. */
  end: 'passed' | 'caught' | 'unsure';
  /** How long it had users, in milliseconds. */
  ms: number;
  /** How long each step that passed took, in milliseconds. */
  passed: number[];
  /** Users who saw a failure that they would not have seen on the stable. */
  hurt: number;
}

/** What is played. */
export interface Scene {
  users: Users;
  traffic: Pick<SeenTraffic, 'failing' | 'repeatable'>;
  /** Who gets onto the canary at each step. */
  cohorts: readonly Cohort[];
  /** The share of the canary's requests that fail in addition to the stable's, from 0 to 1. */
  failing: number;
}

/** Moments get longer with the time in a step, by this part of it: nothing is decided much later. */
const FINENESS = 32;
/** Asked again after so many times the requests: what makes a pass certain grows slowly. */
const AGAIN = 1.02;
/** In one moment, at most so many users of failed requests are drawn. */
const MOST_DRAWN = 2000;

/**
 * Plays one canary's way through its steps against the real judge. Users come at random (a Poisson
 * process); requests are drawn in moments as the judge weighs them, not one by one, so that a walk
 * of millions of requests takes milliseconds.
 */
export function walk(settings: WalkSettings, scene: Scene, random: () => number): Walk {
  return new Walker(settings, scene, random).walk();
}

class Walker {
  private readonly settings: WalkSettings;
  private readonly scene: Scene;
  private readonly random: () => number;
  private readonly judge: Judge;
  private readonly protection: Protection;
  private readonly crowd = new Crowd();
  private readonly hit = new Set<number>();
  private readonly hurt = new Set<number>();
  /** The share of each side's requests that come from users who were not hit yet. */
  private readonly fresh = { stable: 1, canary: 1 };
  /** How often a request fails on the canary, for whatever reason. */
  private readonly failing: number;
  private now = 0;
  private trials = 0;
  private askAt = 0;

  constructor(settings: WalkSettings, scene: Scene, random: () => number) {
    this.settings = settings;
    this.scene = scene;
    this.random = random;
    this.failing = 1 - (1 - scene.failing) * (1 - scene.traffic.failing);
    this.judge = new Judge({ ...settings.judge, signals: ['failed'] }, 0);
    this.protection = new Protection(settings, this.failing, random);
  }

  walk(): Walk {
    const passed: number[] = [];
    const end = (how: Walk['end']) => ({ end: how, ms: this.now, passed, hurt: this.hurt.size });
    for (const [index, step] of this.settings.steps.entries()) {
      const began = this.now;
      this.join(this.scene.cohorts[index]);
      const result = this.goThrough(step, began);
      if (result !== 'passed') return end(result);
      passed.push(this.now - began);
    }
    return end('passed');
  }

  private join(cohort: Cohort | undefined): void {
    if (!cohort) return;
    const { crowd, fresh } = this;
    const { rate } = crowd;
    const before = rate * fresh.canary;
    crowd.join(cohort, this.now);
    if (crowd.rate > 0) fresh.canary = (before + crowd.rate - rate) / crowd.rate;
    this.askAt = 0;
  }

  private goThrough(step: WalkedStep, began: number): Walk['end'] {
    const over = began + step.for;
    const patience = over + this.settings.deadline;
    for (;;) {
      if (this.now >= over && this.passes(step)) return 'passed';
      if (this.now >= patience) return 'unsure';
      const limit = this.now < over ? over : patience;
      // Without users nothing happens before the next look.
      const next = this.crowd.rate === 0 ? limit : this.now + this.momentLength(this.now - began);
      if (this.isCaughtBy(Math.min(next, limit))) return 'caught';
    }
  }

  /** As long as the judge's moments, or a little coarser. */
  private momentLength(elapsed: number): number {
    const { crowd, scene } = this;
    const stable = scene.users.rate - crowd.rate;
    const slower = stable > 0 ? Math.min(crowd.rate, stable) : crowd.rate;
    const ordinary = Math.min(LONGEST_MS, Math.max(SHORT_MS, 1 / slower));
    const usual = slower * SHORTEST_MS >= MANY ? SHORTEST_MS : ordinary;
    return Math.max(usual, elapsed / FINENESS);
  }

  private passes({ weight, nextWeight, minimumRequests }: WalkedStep): boolean {
    if (weight === 0) return true;
    if (this.trials < Math.max(minimumRequests, this.askAt)) return false;
    this.askAt = this.trials * AGAIN;
    return this.judge.verdict(nextWeight, this.now, minimumRequests).result === 'pass';
  }

  /** Lets users come for a while; whether the judge or the breaker then takes the canary back. */
  private isCaughtBy(until: number): boolean {
    const { random, crowd, scene, judge } = this;
    const { traffic, users } = scene;
    const counted = crowd.rate > 0 ? crowd.countedRate(this.now) / crowd.rate : 0;
    const ms = until - this.now;
    this.now = until;
    const asked = poisson(crowd.rate * ms, random);
    const { served, isTripped } = this.protection.serve(asked, this.now);
    const failed = isTripped
      ? Math.max(this.settings.breaker ?? 0, binomial(served, this.failing, random))
      : binomial(served, this.failing, random);
    const canary = this.seenOnCanary(served, failed, counted);
    this.trials += canary.requests.trials;
    const requests = poisson(Math.max(0, users.rate - crowd.rate) * ms, random);
    const stable = this.seenOnStable(requests, binomial(requests, traffic.failing, random));
    judge.weigh({ at: this.now, signal: 'failed', group: undefined, stable, canary });
    if (isTripped) return true;
    return failed > 0 && judge.isWorse();
  }

  private seenOnStable(requests: number, failed: number): Seen {
    const { mixture } = this.scene.users;
    const first = requests * this.fresh.stable;
    const atRisk = distinct(first, mixture * this.fresh.stable);
    const met = Math.min(atRisk, failed * this.fresh.stable);
    if (failed > 0) this.fresh.stable *= Math.exp(-failed / mixture);
    return { atRisk, failed: met, first, users: 0, requests: { trials: requests, failed } };
  }

  /** `counted`: the share of requests that the judge counts in its rates. */
  private seenOnCanary(requests: number, failed: number, counted: number): Seen {
    const { crowd, fresh } = this;
    const first = requests * fresh.canary;
    const met = this.drawHit(failed);
    const atRisk = Math.max(met, distinct(first, crowd.mixture * fresh.canary));
    const rates = { trials: Math.round(requests * counted), failed: Math.round(failed * counted) };
    return { atRisk, failed: met, first: Math.max(met, first), users: 0, requests: rates };
  }

  /** Draws the users of failed requests; returns how many of them were not hit before. */
  private drawHit(failed: number): number {
    const { crowd, random, hit, scene, fresh } = this;
    const drawn = Math.min(failed, MOST_DRAWN);
    const additional = scene.failing / this.failing;
    const before = hit.size;
    for (let count = 0; count < drawn; count += 1) {
      const user = crowd.draw(random);
      if (!user) continue;
      const isShielded = this.protection.isShielded(scene.traffic.repeatable);
      if (!isShielded && random() < additional) this.hurt.add(user.id);
      if (hit.has(user.id)) continue;
      hit.add(user.id);
      fresh.canary = Math.max(0, fresh.canary - user.rate / crowd.rate);
    }
    return hit.size - before;
  }
}

/** How many different users are expected behind requests, among so many users. */
function distinct(requests: number, among: number): number {
  return among > 0 ? -among * Math.expm1(-requests / among) : 0;
}
