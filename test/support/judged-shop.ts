import type { Storedog } from './storedog.ts';
import { trafficShop } from './traffic-shop.ts';

export interface JudgedShop {
  shop: Storedog;
  /** Writes these lines to canary.yaml, in place of those of the test before. */
  configure(...settings: string[]): Promise<void>;
}

/** A shop whose canary is judged by few requests. */
export async function judgedShop(): Promise<JudgedShop> {
  // With the default margin of 0.5%, a step would need a thousand canary requests to pass.
  const shop = await trafficShop(['analysis: { minimumRequests: 50, margin: 5%, shape: false }']);
  const original = await shop.read('canary.yaml');
  return {
    shop,
    configure: (...settings) => shop.write('canary.yaml', `${original}${settings.join('\n')}\n`),
  };
}

/** The events that a command wrote with `--json`. */
// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect.
export function eventsIn(stdout: unknown): any[] {
  return String(stdout)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
