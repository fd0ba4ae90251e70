import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('14');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it.each([5, 8])(
  'connections that are idle for %i s stay open, and no order is lost',
  async (idle) => {
    const args = [shop.helper('balancer.py'), String(shop.port), String(idle)];
    const { stdout } = await execa('python3', args);
    expect(stdout).toBe("{'answered': 360, 'lost': 0, 'opened anew': 0}");
  },
);
