import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Fault } from '../support/world/process.ts';
import { shop } from '../support/world/shop.ts';
import { begin, type Story, tell } from '../support/world/story.ts';

/** What the proxy runs, and what it would start with. */
function configurations({ world }: Story): { inForce: string; kept: string } {
  const { engine, haproxy } = world;
  const worker = [...engine.containers.values()]
    .map((each) => haproxy.of(each)?.current)
    .find(Boolean);
  const kept = readFileSync(world.file('.canary/proxy/haproxy.cfg'), 'utf8');
  return {
    inForce: worker?.configuration.digest ?? '',
    kept: /description (\S+)/.exec(kept)?.[1] ?? '',
  };
}

const FAULTS: readonly { of: string; fault: Fault; isLoaded: boolean }[] = [
  { of: 'is not done', fault: 'fails', isLoaded: false },
  { of: 'is done, and its answer lost', fault: 'fails-after', isLoaded: true },
  { of: 'gets no answer', fault: { hangs: 90_000 }, isLoaded: false },
  { of: 'was being done when canary was killed', fault: { killsAfter: 1 }, isLoaded: true },
];

test.for(FAULTS)(
  'a reload that $of is no surprise at the next start',
  async ({ fault, isLoaded }) => {
    const world = await shop();
    try {
      const story = begin(world);
      await tell(story, ['up']);
      const before = configurations(story);
      const canaryYaml = readFileSync(world.file('canary.yaml'), 'utf8');
      writeFileSync(world.file('canary.yaml'), `${canaryYaml}force: { header: X-Try }\n`);
      await tell(story, ['up'], ({ name }) => (name === 'proxy: reload' ? fault : undefined));
      const after = configurations(story);
      expect(after.inForce === before.inForce).toBe(!isLoaded);
      expect(after.kept).toBe(after.inForce);
      const { exitCode } = await tell(story, ['up']);
      expect(exitCode).toBe(0);
      const end = configurations(story);
      expect(end.inForce).not.toBe(before.inForce);
      expect(end.kept).toBe(end.inForce);
    } finally {
      world.destroy();
    }
  },
);
