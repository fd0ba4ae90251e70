import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusyProcesses } from '../support/load/busy.ts';
import { Scenario } from '../support/load/scenario.ts';
import { loadShop } from '../support/load/shop.ts';
import type { Storedog } from '../support/storedog.ts';

/** `npm run test:load` sets more. */
const REQUESTS = Number(process.env.CANARY_LOAD_REQUESTS ?? 5000);
/** `npm run test:load` plays it again with so many processes that take the processor's time. */
const BUSY = Number(process.env.CANARY_LOAD_BUSY ?? 0);
/** More than the machine can do would show its limit, not what canary loses. */
const PER_SECOND = BUSY === 0 ? 250 : 50;
/** What `npm run test:load` plays is the whole story; CI's has half of the users, and the least, middle and most
 * weight, and one rehearsal. */
const IS_WHOLE = process.env.CANARY_LOAD_REQUESTS !== undefined || BUSY > 0;
const RAISES = IS_WHOLE ? [1, 5, 25, 50, 99, 100] : [1, 50, 100];
const USERS = IS_WHOLE ? 1000 : 500;
const DRAIN_SECONDS = 2;
const PATIENCE_MS = (300_000 + (REQUESTS / PER_SECOND) * 2000) * (1 + BUSY);

describe(`a shop under a constant load of at least ${REQUESTS} requests, beside ${BUSY} busy processes`, () => {
  let shop: Storedog;
  let played: Scenario;

  beforeAll(async () => {
    shop = await loadShop(DRAIN_SECONDS);
    played = new Scenario(shop, {
      ...{ requests: REQUESTS, perSecond: PER_SECOND },
      ...{ users: USERS, raises: RAISES, rehearsesAgain: IS_WHOLE },
    });
    const busy = new BusyProcesses(BUSY);
    await played.play().finally(() => busy.stop());
    process.stderr.write(`${summary(played)}\n`);
  }, PATIENCE_MS);

  afterAll(() => shop.dispose());

  it('answers every request, complete and from the right version', () => {
    const { client, story } = played;
    expect({ problems: client.problems, proxy: played.proxyWords }).toEqual({
      problems: [],
      proxy: [],
    });
    expect(story.wrongVersions).toEqual([]);
    expect(client.answered).toBe(client.sent);
    expect(client.sent).toBeGreaterThanOrEqual(REQUESTS);
  });

  it('moves no user who should stay: a higher weight only adds, a lower one only removes', () => {
    expect(played.story.wrongMoves).toEqual([]);
  });

  it('splits according to the weight, and measures it', () => {
    expect(played.weights.map(({ set }) => set)).toEqual(RAISES);
    for (const { set, users, requests, measured } of played.weights) {
      // Four standard deviations.
      expect(Math.abs(users - set)).toBeLessThanOrEqual(4 * Math.sqrt((set * (100 - set)) / USERS));
      expect(Math.abs(measured - requests)).toBeLessThan(2);
    }
  });

  it('touches containers of the stable only in promotions, and never a shared one', () => {
    expect(played.touched).toEqual([]);
  });

  it('closes a WebSocket only with its side, after the drain', () => {
    const { sockets } = played.client;
    expect(sockets.echoes).toBeGreaterThan(1000);
    expect(sockets.visits).toBeGreaterThan(100);
    const sides = new Set(sockets.retired.map(({ phase, version }) => `${phase} ${version}`));
    expect([...sides].sort()).toEqual([
      ...['promote v1', 'promote v3', 'redeploy v2', 'revert v1', 'revert v3'],
    ]);
    expect(sockets.retired.filter(({ after }) => after < DRAIN_SECONDS * 1000)).toEqual([]);
  });

  // How fast it goes says something of canary only if nothing else runs.
  if (BUSY === 0)
    it('keeps up, and refuses connections only while the port is handed over, briefly', () => {
      expect(played.client.perSecond).toBeGreaterThanOrEqual(0.8 * PER_SECOND);
      expect(played.client.gapMs).toBeLessThan(5000);
    });
});

function summary({ client, weights, touched }: Scenario): string {
  const { sent, answered, perSecond, problems, refused, gapMs, sockets } = client;
  return JSON.stringify(
    {
      sent,
      answered,
      perSecond,
      problems: problems.length,
      refused: refused.length,
      gapMs,
      weights,
      touched,
      webSockets: {
        echoes: sockets.echoes,
        visits: sockets.visits,
        retired: Object.fromEntries(
          sockets.retired.map(({ phase, version }) => [
            `${phase} ${version}`,
            sockets.retired.filter((each) => each.phase === phase && each.version === version)
              .length,
          ]),
        ),
      },
    },
    null,
    2,
  );
}
