import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cloneName } from '../../../src/compose/names.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { CanaryConfig } from '../../../src/config/schema.ts';
import { hasCode } from '../../../src/errors.ts';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import { changeUsers, listedUsers, readUsers, userFile } from '../../../src/proxy/user-map.ts';
import { haproxyCheckAll, haproxyLines } from '../../support/fixture-haproxy.ts';
import { canBeChosen } from '../../support/fixture-model.ts';
import { nasty } from '../../support/fixture-nasty.ts';

/** Every place of canary.yaml whose text comes to the proxy. */
const PLACES = {
  service: (text: string) => ({ services: { [text]: { entry: 80, preview: 81 } } }),
  'inner service': (text: string) => ({ services: { web: { entry: 80 }, [text]: { port: 90 } } }),
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
  'expression of a rule': (text: string) => ({ match: [{ query: 'a', regex: literal(text) }] }),
  'path of a rule': (text: string) => ({ match: [{ path: `/${text}` }] }),
  'method of a rule': (text: string) => ({ match: [{ method: [text] }] }),
  'side of a rule': (text: string) => ({ match: [{ path: '/a', side: text }] }),
  'user of a list': (text: string) => ({ match: [{ user: [text] }] }),
} satisfies Record<string, (text: string) => object>;
type Place = keyof typeof PLACES;

/** Texts that are legal in each place, to compare with. */
const PLAIN: Partial<Record<Place, string>> = {
  identity: 'header:plain',
  'share of the shield': '20%',
  'method of a rule': 'PLAIN',
  'side of a rule': 'canary',
};

/** Nasty texts whose parentheses balance are still expressions; what is not one is HAProxy's to refuse. */
function literal(text: string): string {
  return `^${text.replace(/[()[\]{}*+?\\|]/g, (character) => `\\${character}`)}`;
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

/** The configuration that several have together, with ports of their own. */
function rendered(configs: readonly CanaryConfig[]): string {
  const services = Object.entries(Object.assign({}, ...configs.map((each) => each.services)));
  const paths = configs.flatMap(({ shield }) => (shield ? shield.paths : []));
  const [first] = configs;
  return renderConfiguration({
    routes: (services as [string, CanaryConfig['services'][string]][]).map(
      ([service, { entry, preview }], index) => ({
        ...{ service, clone: cloneName(service), port: 80 },
        ...(entry && {
          entry: {
            ...{ port: 10_000 + index, preview: preview && 20_000 + index },
            shield: { maxShare: first?.shield ? first.shield.maxShare : 0, paths },
            breaker: { failures: 5 },
          },
        }),
      }),
    ),
    identity: configs.flatMap(({ identity }) => identity),
    match: configs.flatMap(({ match }) => match),
    forceHeader: first?.force.header ?? '',
    owner: { uid: 0, gid: 0 },
  });
}

/** Sections, directives and what they are about, without the texts that come from canary.yaml. */
function shapeOf(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const [first = '', second = ''] = line.trim().split(/\s+/);
    const isNamed = /^(frontend|backend|bind|default_backend|use_backend)$/.test(first);
    return `${line.startsWith('\t') ? '  ' : ''}${first} ${isNamed ? '' : second.replace(/\(.*/, '')}`;
  });
}

/** What canary.yaml may hold of letters alone, so that enough is accepted everywhere. */
const legal = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,12}$/);

const places = Object.keys(PLACES) as Place[];
const texts = fc.sample(fc.oneof({ arbitrary: nasty, weight: 4 }, legal), {
  ...{ numRuns: 700, seed: 7 },
});
const tried = places.map((place) => ({
  place,
  plain: accepted(place, PLAIN[place] ?? 'plain'),
  configs: texts.flatMap((text) => accepted(place, text) ?? []).slice(0, 20),
}));

test('no text of canary.yaml adds, removes or changes a line of the proxy’s configuration', async () => {
  const cases = tried.flatMap(({ place, plain, configs }) =>
    [plain ?? [], configs].flat().map((config) => ({ place, config })),
  );
  const read = await haproxyLines(cases.map(({ config }) => rendered([config])));
  const shapes = new Map<Place, string[]>();
  for (const [index, { place }] of cases.entries()) {
    const shape = shapeOf(read[index] ?? []);
    expect(shape.length).toBeGreaterThan(50);
    // The first of a place is the plain one.
    if (!shapes.has(place)) shapes.set(place, shape);
    expect({ place, shape }).toEqual({ place, shape: shapes.get(place) });
  }
  expect([...shapes.keys()]).toEqual(places);
  expect(cases.length).toBeGreaterThan(250);
});

test('whatever canary.yaml accepts, HAProxy accepts', async () => {
  const groups = tried.flatMap(({ place, configs }) => {
    const isOneOnly = place === 'forcing header' || place === 'share of the shield';
    return isOneOnly ? configs.slice(0, 8).map((each) => [each]) : [configs];
  });
  const judged = await haproxyCheckAll(groups.map(rendered));
  expect(judged.filter((words) => words !== 'valid')).toEqual([]);
  expect(judged.length).toBe(groups.length);
});

test('no name of a list is more than one entry of the map, in its file and at the socket', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, legal), { maxLength: 5 }), (users) => {
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
    }),
    { seed: 8, numRuns: 500 },
  );
});
