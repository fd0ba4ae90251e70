import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMPOSE } from '../support/contract/compose.ts';
import { CONTAINERS } from '../support/contract/containers.ts';
import { engineBed } from '../support/contract/engine-bed.ts';
import { NETWORKS } from '../support/contract/networks.ts';
import { simulatedBed } from '../support/contract/simulated-bed.ts';
import type { Script, TestBed } from '../support/contract/test-bed.ts';
import { proxyImage, setUpFile } from '../support/fixture-haproxy.ts';
import { freePorts } from '../support/ports.ts';

/** What the simulated machine does (decision 0048) is what the real one does: the same script, and the same seen. */
describe('the simulated machine and the engine', () => {
  it.each([CONTAINERS, NETWORKS, COMPOSE])('agree about $title', async (script) => {
    const file = `/work/tmp/seen-${script.title.slice(0, 12)}.json`;
    const old = process.env.OLD && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    const project = old?.project ?? `canary-test-${randomBytes(4).toString('hex')}`;
    const [port = 0] = old ? [old.port] : await freePorts(1);
    const simulated = await simulatedBed(project, port, await proxyImage());
    const engine = await engineBed(project, port);
    try {
      const variables = await setUpFile();
      const seen = old?.seen ?? await played(script, engine, variables);
      writeFileSync(file, JSON.stringify({ project, port, seen }));
      const promised = await simulated.on(() => played(script, simulated, variables));
      expect(JSON.parse(JSON.stringify(promised))).toEqual(JSON.parse(JSON.stringify(seen)));
    } finally {
      await simulated.dispose();
      await engine.dispose();
    }
  });
});

/** What a script saw, in order. */
async function played(script: Script, bed: TestBed, variables: string): Promise<[string, unknown][]> {
  const seen: [string, unknown][] = [];
  await bed.write('compose.yml', script.compose(bed));
  await bed.write('.env', variables);
  await script.play(bed, (what, value) => seen.push([what, value]));
  return seen;
}
