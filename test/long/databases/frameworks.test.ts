import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLASSES } from '../../../src/database/finding-class.ts';
import { FRAMEWORKS } from '../../support/frameworks/all.ts';
import {
  CHANGES,
  type ChangeName,
  type Verdict,
  type Work,
} from '../../support/frameworks/framework.ts';
import { FrameworkShop } from '../../support/frameworks/framework-shop.ts';
import { frameworksImage } from '../../support/frameworks/image.ts';
import { type Measured, writeResults } from '../../support/frameworks/results.ts';
import { leftoversIn, type Rehearsed } from '../../support/rehearsal-shop.ts';

beforeAll(() => frameworksImage(), 600_000);

describe.each(FRAMEWORKS)('$title', (framework) => {
  let shop: FrameworkShop;
  let facts: string;
  const measured: Measured['changes'] = {};

  beforeAll(async () => {
    shop = await FrameworkShop.of(framework);
    facts = await shop.facts();
  });
  afterAll(async () => {
    if (process.env.CANARY_WRITE_RESULTS) await writeResults(framework, measured);
    await shop?.canary('abort');
    await shop?.dispose();
  });

  const changes = Object.entries(framework.changes) as [ChangeName, Work][];
  it.each(changes)('%s', async (name, work) => {
    const expected = { ...CHANGES[name], ...work };
    const branch = name.replaceAll(' ', '-');
    await shop.branchWith(branch, framework, work);
    const began = Date.now();
    const { exitCode, stdout, stderr } = await shop.canary('rehearse', '-b', branch, '--json');
    const { verdict, finds } = judged(stdout);
    measured[name] = { verdict, seconds: Math.round((Date.now() - began) / 1000) };
    const shown = `${stdout}\n${stderr}`;
    expect(verdict, shown).toBe(expected.verdict);
    if (expected.finds && exitCode !== 1) expect(finds, shown).toEqual(expected.finds);
    expect(await shop.facts()).toBe(facts);
    expect(await leftoversIn(shop)).toEqual([]);
  });
});

function judged(stdout: string): { verdict: Verdict; finds: string[] } {
  const { error, findings = [] }: Partial<Rehearsed> & { error?: object } = JSON.parse(stdout);
  if (error) return { verdict: 'fails', finds: [] };
  const worst = CLASSES.find((level) => findings.some((each) => each.class === level));
  const finds = findings
    .filter((each) => each.class !== 'expanding' && each.class !== 'interrupting')
    // What is recorded, and what production happens to ask meanwhile, is not of the change alone.
    .filter(({ kind }) => kind !== 'migrations-recorded' && !kind.startsWith('statement-'))
    .map((each) => `${each.class} ${each.kind} ${each.object}`);
  return { verdict: worst ?? 'nothing', finds: [...new Set(finds)].sort() };
}
