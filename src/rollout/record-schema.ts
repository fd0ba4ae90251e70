import { z } from 'zod';
import type { ReleaseEvent } from './events.ts';
import { RELEASE_STATES } from './events.ts';
import { comparisonShape, findingShape } from './recorded-shapes.ts';
import { VERDICTS } from './verdict.ts';

const texts = z.array(z.string());
const counts = z.record(z.string(), z.number()).optional();
/** A share of users, as the proxy takes it. */
const weight = z.number().min(0).max(100);
/** In milliseconds; with more, the end of a step could not be a date. */
const LONGEST = 100 * 365 * 24 * 3_600_000;
const step = z.union([
  z.looseObject({ weight, for: z.number().min(0).max(LONGEST) }),
  z.looseObject({ pause: z.literal(true) }),
]);
const operation = z.looseObject({ kind: z.string() });
const image = z.looseObject({ service: z.string(), imageId: z.string() });
const released = z.looseObject({
  service: z.string(),
  reference: z.string(),
  digest: z.string().optional(),
  imageId: z.string().optional(),
});
const verdict = z.looseObject({ result: z.enum(VERDICTS), reasons: texts });
const finding = findingShape.extend({
  statement: z.string().nullish(),
  service: z.string().nullish(),
});
const report = z.looseObject({ findings: z.array(finding), allowed: texts });

/** What a release is folded from, of every kind of record. Other fields are kept as they are. */
const FIELDS = {
  'release-created': {
    id: z.string(),
    project: z.string(),
    branch: z.string(),
    commit: z.string().regex(/^[0-9a-f]{7,64}$/),
    source: z
      .looseObject({ images: z.array(released), variables: z.record(z.string(), z.string()) })
      .optional(),
    pulled: z.array(released).optional(),
    isPushed: z.literal(true).optional(),
    subject: z.string(),
    services: texts,
    counts,
  },
  'release-resumed': {},
  'release-replaced': { by: z.string() },
  'state-changed': {
    state: z.enum(RELEASE_STATES),
    reason: z.string(),
    code: z.string().optional(),
  },
  'operation-started': { operation },
  'operation-finished': { operation },
  'operation-failed': { operation },
  'canary-started': { images: z.array(image) },
  'weight-set': { weight, counts },
  'steps-begun': { strategy: z.string(), steps: z.array(step) },
  'step-begun': { index: z.int().min(0), step, counts },
  'step-done': {},
  'verdict-given': { verdict },
  'steps-left': {},
  'comparison-made': { comparison: comparisonShape },
  'release-paused': { weight },
  'proxy-reloaded': { counts: z.record(z.string(), z.number()) },
  'commit-made': { branch: z.string(), commit: z.string() },
  'stable-replacing': {
    from: z.string(),
    commit: z.string(),
    previous: z.array(z.looseObject({ ...image.shape, name: z.string() })),
    variables: z.record(z.string(), z.string()).optional(),
  },
  'stable-replaced': { commit: z.string() },
  'stable-restored': {},
  rehearsed: { report, isRefused: z.boolean() },
  'migration-begun': {},
  'migration-ended': { exitCode: z.number() },
  'backed-up': { service: z.string(), file: z.string(), tables: texts, restore: texts },
  'hook-ran': {},
} satisfies Record<ReleaseEvent['type'], z.ZodRawShape>;

/** Of every record, also of kinds that only a newer program knows. */
const ANY = { v: z.number(), at: z.iso.datetime(), type: z.string() };

const anyRecord = z.looseObject(ANY);

const SCHEMAS = new Map<string, z.ZodType>(
  Object.entries(FIELDS).map(([type, fields]) => [type, z.looseObject({ ...ANY, ...fields })]),
);

/** Why a value is no record of a journal, in the words that follow `line 3`; `undefined` if it is one. */
export function recordProblem(value: unknown): string | undefined {
  const any = anyRecord.safeParse(value);
  if (!any.success) return 'is not a journal record';
  const found = SCHEMAS.get(any.data.type)?.safeParse(value);
  const [issue] = found?.error?.issues ?? [];
  return issue && `is no ${any.data.type} record: ${issue.path.join('.')} is not valid`;
}
