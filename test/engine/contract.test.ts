import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { COMPOSE } from '../support/contract/compose.ts';
import { CONTAINERS } from '../support/contract/containers.ts';
import { engineBed } from '../support/contract/engine-bed.ts';
import { IMAGES } from '../support/contract/images.ts';
import { NETWORKS } from '../support/contract/networks.ts';
import { PROXY } from '../support/contract/proxy.ts';
import { simulatedBed } from '../support/contract/simulated-bed.ts';
import type { Script, TestBed } from '../support/contract/test-bed.ts';
import { proxyImage, setUpFile } from '../support/fixture-haproxy.ts';
import { freePorts } from '../support/ports.ts';

const SCRIPTS = [CONTAINERS, NETWORKS, COMPOSE, IMAGES, PROXY];

/** What the simulated machine does (decision 0048) is what the real one does: the same script sees the same on both. */
describe('the simulated machine and the engine', () => {
  it.each(SCRIPTS)('agree about $title', async (script) => {
    const project = `canary-test-${randomBytes(4).toString('hex')}`;
    const [port = 0] = await freePorts(1);
    const variables = await setUpFile();
    const simulated = await simulatedBed(project, port, await proxyImage());
    const engine = await engineBed(project, port);
    try {
      const seen = await simulated.on(() => played(script, simulated, variables));
      expect(seen).toEqual(await played(script, engine, variables));
    } finally {
      await simulated.dispose();
      await engine.dispose();
    }
  });
});

/** What a script saw, in order; `variables`: those of the `.env`. */
async function played(
  script: Script,
  bed: TestBed,
  variables: string,
): Promise<[string, unknown][]> {
  const seen: [string, unknown][] = [];
  await bed.write('compose.yml', script.compose(bed));
  await bed.write('.env', variables);
  await script.play(bed, (what, value) => seen.push([what, value]));
  return seen;
}
