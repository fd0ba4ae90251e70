import type { ChosenService } from './describe.ts';
import type { Setup } from './setup.ts';

/**
 * The text of canary.yaml for a choice; the same choice always gives the same text. `schema`: the
 * path from canary.yaml to its JSON Schema, by which editors check and complete it.
 */
export function configText(
  choice: readonly ChosenService[],
  stableBranch: string,
  unrehearsed: readonly string[] = [],
  guesses: Guesses = {},
  schema?: string,
): string {
  const { roles = {}, mounts = {}, identity = [], migrate } = guesses;
  const lines = choice.map(
    ({ service, ...settings }) => `  ${yamlKey(service)}: ${flowText(settings)}`,
  );
  return [
    ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
    '# What canary clones, and where users come in.',
    'version: 1',
    'services:',
    ...lines,
    ...flowMap('roles', roles),
    ...flowMap('mounts', mounts),
    ...(identity.length > 0 ? [`identity: [${identity.join(', ')}]`] : []),
    ...stepLines(guesses),
    ...(stableBranch === 'main' ? [] : [`git: { stable: ${JSON.stringify(stableBranch)} }`]),
    ...databaseLines(migrate, unrehearsed),
    '',
  ].join('\n');
}

/** What the operator says in place of a guess. */
interface Guesses extends Setup {
  roles?: Readonly<Record<string, string>>;
  mounts?: Readonly<Record<string, string>>;
}

function flowMap(name: string, map: Readonly<Record<string, string>>): string[] {
  const pairs = Object.entries(map).map(([key, value]) => `${JSON.stringify(key)}: ${value}`);
  return pairs.length > 0 ? [`${name}: { ${pairs.join(', ')} }`] : [];
}

/** How users come to the canary; without steps somebody sets the weight by hand. */
function stepLines({ steps = [], promote }: Setup): string[] {
  if (steps.length === 0) return [];
  return [
    '# Shares of users in percent; each step lasts at least so long.',
    `# A canary that passes them all ${promote === 'manual' ? 'waits for you' : 'becomes the stable; `promote: manual` leaves that to you'}.`,
    'steps:',
    ...steps.map(({ weight, for: hold }) => `  - { weight: ${weight}, for: ${hold} }`),
    ...(promote === 'manual' ? ['promote: manual'] : []),
  ];
}

/**
 * Who migrates; and what the operator must agree to before the first deploy, commented out and ready
 * to enable.
 */
function databaseLines(migrate: string | undefined, unrehearsed: readonly string[]): string[] {
  const migrating = migrate === undefined ? [] : [`migrate: { service: ${yamlKey(migrate)} }`];
  const written = migrating.length > 0 ? [`database: { ${migrating.join(', ')} }`] : [];
  if (unrehearsed.length === 0) return written;
  const exceptions = unrehearsed.map((name) => JSON.stringify(`unrehearsed:${name}`));
  const agreed = [...migrating, `allow: [${exceptions.join(', ')}]`];
  return [
    ...written,
    '# These keep data, are shared with the canary, and what it does to them cannot be rehearsed. If that is meant:',
    `# database: { ${agreed.join(', ')} }`,
  ];
}

function flowText({
  entry,
  behind,
  labels,
  port,
  protocol,
  preview,
}: Omit<ChosenService, 'service'>): string {
  const edges = behind?.map(yamlKey);
  const settings = [
    ...(entry === undefined ? [] : [`entry: ${entry}`]),
    ...(edges ? [`behind: ${edges.length === 1 ? edges[0] : `[${edges.join(', ')}]`}`] : []),
    ...(labels === undefined ? [] : [`labels: ${labels}`]),
    ...(port === undefined ? [] : [`port: ${port}`]),
    ...(protocol === undefined ? [] : [`protocol: ${protocol}`]),
    ...(preview === undefined ? [] : [`preview: ${preview}`]),
  ];
  return settings.length === 0 ? '{}' : `{ ${settings.join(', ')} }`;
}

/** Compose allows names that YAML alone would read as a number or as null. */
function yamlKey(name: string): string {
  const isPlain =
    /^[a-z][\w.-]*$/i.test(name) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(name);
  return isPlain ? name : JSON.stringify(name);
}
