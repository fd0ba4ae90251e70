import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cloneName } from '../../../src/compose/model/names.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { CanaryConfig } from '../../../src/config/schema.ts';
import { hasCode } from '../../../src/errors.ts';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import { changeUsers, listedUsers, readUsers, userFile } from '../../../src/proxy/user-map.ts';
import { haproxyCheckAll, haproxyLines } from '../../support/fixture-haproxy.ts';
import { canBeChosen } from '../../support/fixture-model.ts';
import { nasty, PIECES } from '../../support/fixture-nasty.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

/** Every place in canary.yaml whose text reaches the proxy. */
const PLACES = {
  service: (text: string) => ({ services: { [text]: { entry: 80, preview: 81 } } }),
  'internal service': (text: string) => ({
    services: { web: { entry: 80 }, [text]: { port: 90 } },
  }),
  'forcing header': (text: string) => ({ force: { header: text } }),
  'identity by header': (text: string) => ({ identity: [`header:${text}`] }),
  'identity by cookie': (text: string) => ({ identity: [`cookie:${text}`] }),
  'identity by query': (text: string) => ({ identity: [`query:${text}`] }),
  'identity by token': (text: string) => ({ identity: [`jwt:${text}`] }),
  'claim within a claim': (text: string) => ({ identity: [`jwt:a.${text}`] }),
  identity: (text: string) => ({ identity: [text] }),
  'path of the shield': (text: string) => ({ shield: { paths: [`/${text}`] } }),
  'share of the shield': (text: string) => ({ shield: { maxShare: text } }),
  'header of a rule': (text: string) => ({ match: [{ header: text }] }),
  'cookie of a rule': (text: string) => ({ match: [{ cookie: text, equals: '1' }] }),
  'query of a rule': (text: string) => ({ match: [{ query: text, prefix: '1' }] }),
  'text of a rule': (text: string) => ({ match: [{ header: 'X-A', equals: text }] }),
  'beginning in a rule': (text: string) => ({ match: [{ cookie: 'a', prefix: text }] }),
  'expression of a rule': (text: string) => ({ match: [{ query: 'a', regex: text }] }),
  'path of a rule': (text: string) => ({ match: [{ path: `/${text}` }] }),
  'method of a rule': (text: string) => ({ match: [{ method: [text] }] }),
  'side of a rule': (text: string) => ({ match: [{ path: '/a', side: text }] }),
  'user of a list': (text: string) => ({ match: [{ user: [text] }] }),
} satisfies Record<string, (text: string) => object>;
type Place = keyof typeof PLACES;

/** Where a text is in single quotes, in which HAProxy interprets nothing. */
const QUOTED: readonly Place[] = [
  ...(['text of a rule', 'beginning in a rule', 'expression of a rule', 'path of a rule'] as const),
];
/** Where only a few texts are valid. */
const FEW: Partial<Record<Place, string>> = {
  identity: 'header:plain',
  'share of the shield': '20%',
  'method of a rule': 'PLAIN',
  'side of a rule': 'canary',
};
/** A text as written in a place; most have letters around them, so that they can be found again. */
function around(place: Place, text: string): string {
  if (place in FEW) return text;
  // HAProxy rejects an invalid expression.
  const isExpression = place === 'expression of a rule';
  const literal = text.replace(/[()[\]{}*+?\\|]/g, (character) => `\\${character}`);
  return `zq${isExpression ? literal : text}qz`;
}

function accepted(place: Place, text: string): CanaryConfig | undefined {
  const yaml = { version: 1, services: { web: { entry: 80 } }, ...PLACES[place](text) };
  try {
    const config = parseConfig(JSON.stringify(yaml), 'canary.yaml');
    return Object.keys(config.services).every(canBeChosen) ? config : undefined;
  } catch (error) {
    if (hasCode(error, 'config-invalid')) return undefined;
    throw error;
  }
}

/** One configuration for several settings, with separate ports. */
function rendered(configs: readonly CanaryConfig[]): string {
  const services = Object.entries(Object.assign({}, ...configs.map((each) => each.services)));
  const paths = configs.flatMap(({ shield }) => (shield ? shield.paths : []));
  const [first] = configs;
  return renderConfiguration({
    routes: (services as [string, CanaryConfig['services'][string]][]).map(
      ([service, { entry, preview }], index) => ({
        service,
        clone: cloneName(service),
        port: 80,
        ...(entry && {
          entry: {
            port: 10_000 + index,
            preview: preview && 20_000 + index,
            shield: { maxShare: first?.shield ? first.shield.maxShare : 0, paths },
            breaker: { failures: 5, paths: [] },
          },
        }),
      }),
    ),
    identity: configs.flatMap(({ identity }) => identity),
    match: configs.flatMap(({ match }) => match),
    forceHeader: first?.force.header ?? '',
    owner: { uid: 0, gid: 0 },
    tolerance: TOLERANCE,
  });
}

/** `CANARY_RANDOM_TEXTS=1000` tries more of them. */
const RUNS = Number(process.env.CANARY_RANDOM_TEXTS ?? 40);

/** Plain texts that canary.yaml accepts, so that every place has enough accepted ones. */
const legal = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,12}$/);
const texts = [
  ...[...PIECES, ...fc.sample(nasty, { numRuns: RUNS, seed: 7 })],
  ...fc.sample(legal, { numRuns: 20, seed: 9 }),
];
const places = Object.keys(PLACES) as Place[];
const cases = places.flatMap((place) =>
  texts.flatMap((text) => {
    const written = around(place, text);
    const config = accepted(place, written);
    return config ? [{ place, written, config }] : [];
  }),
);
const plain = new Map(
  places.map((place) => [place, accepted(place, FEW[place] ?? around(place, ''))]),
);

test('no text in canary.yaml adds, removes or changes a line of the proxy’s configuration', async () => {
  const configs = [...plain.values(), ...cases.map(({ config }) => config)];
  const [...read] = await haproxyLines(configs.map((config) => rendered(config ? [config] : [])));
  const expected = new Map(places.map((place, index) => [place, read[index] ?? []]));
  for (const [index, { place, written }] of cases.entries()) {
    const lines = read[places.length + index] ?? [];
    const compared =
      place in FEW
        ? lines.map(beginning)
        : lines.map((line) => line.replaceAll(written, around(place, '')));
    const wanted = expected.get(place) ?? [];
    expect({ place, written, lines: compared }).toEqual({
      place,
      written,
      lines: place in FEW ? wanted.map(beginning) : wanted,
    });
    expect(lines.length).toBeGreaterThan(50);
  }
  expect(cases.length).toBeGreaterThan(500);
});

test('an unquoted text contains nothing that HAProxy interprets', () => {
  const bare = cases.filter(({ place }) => !QUOTED.includes(place) && place !== 'user of a list');
  expect(
    bare.filter(({ written }) => /[\s"'\\#$(){},%]/.test(written) && !/%$/.test(written)),
  ).toEqual([]);
  for (const place of QUOTED)
    expect(cases.some((each) => each.place === place && each.written.includes("'"))).toBe(true);
});

/** The directive and its subject; the rest differs with each text. */
function beginning(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ').replace(/\(.*/, '');
}

test('HAProxy accepts everything that canary.yaml accepts', async () => {
  const groups = places.flatMap((place) => {
    const configs = cases.filter((each) => each.place === place).map(({ config }) => config);
    const isOneOnly = place === 'forcing header' || place === 'share of the shield';
    return isOneOnly ? configs.slice(0, 8).map((each) => [each]) : [configs];
  });
  const judged = await haproxyCheckAll(groups.map(rendered));
  expect(judged.filter((words) => words !== 'valid')).toEqual([]);
  expect(judged.length).toBe(groups.length);
});

test('each name in a list is exactly one entry of the map, in its file and at the socket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(nasty, legal, fc.constantFrom(...PIECES)), { maxLength: 2 }),
      (users) => {
        const yaml = { version: 1, services: { web: { entry: 80 } }, match: [{ user: users }] };
        let config: CanaryConfig;
        try {
          config = parseConfig(JSON.stringify(yaml), 'canary.yaml');
        } catch (error) {
          if (hasCode(error, 'config-invalid')) return;
          throw error;
        }
        const listed = listedUsers(config.match);
        expect(userFile(listed).split(/[\r\n\0]/)).toHaveLength(listed.size + 1);
        expect(readUsers(userFile(listed))).toEqual(listed);
        const commands = changeUsers(new Map(), listed).flatMap((line) => line.split(/;|\n/));
        expect(commands).toHaveLength(listed.size);
        for (const command of commands)
          expect(command.trim()).toMatch(/^add map \/run\/canary\/users\.map \S+ canary$/);
      },
    ),
    { seed: 8, numRuns: 500 },
  );
});
