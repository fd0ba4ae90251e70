import { findCandidates } from '../compose/choose/candidates.ts';
import { chooseNamed } from '../compose/choose/choose.ts';
import { CAREFUL, type Setup, type SetupStep, stepsText } from '../compose/choose/setup.ts';
import { readStack, type Stack } from '../compose/choose/stack.ts';
import type { ComposeModel } from '../compose/model/model.ts';
import { migrationJobs } from '../compose/services/migration.ts';
import { fixedPorts } from '../compose/services/open-port.ts';
import { overruled } from '../compose/services/overrule.ts';
import { IDENTITY_PLACE } from '../config/values/identity-place.ts';
import type { Role } from '../config/values/role.ts';
import type { Context } from '../context.ts';
import { CanaryError } from '../errors.ts';

export interface InitOptions extends Setup {
  services: readonly string[];
  /** Take the likely services without asking. */
  yes: boolean;
  commit: boolean;
  message?: string | undefined;
  /** What services are and which mounts are data, whatever canary would guess; written to canary.yaml. */
  roles?: Readonly<Record<string, Role>>;
  entries?: Readonly<Record<string, number>>;
  mounts?: Readonly<Record<string, 'shared' | 'branch'>>;
}

type Prompt = Context['prompt'];
type Files = Stack['files'];

/**
 * Asks what only a person can decide, with what canary would guess as the answer to Enter. What a
 * flag says already is not asked. Throws `interrupted` if the operator cancels.
 */
export async function askForSetup(
  prompt: Prompt,
  model: ComposeModel,
  files: Files,
  options: InitOptions,
): Promise<InitOptions> {
  const roles = await askForRoles(prompt, readStack(overruled(model, options), files), options);
  const stack = readStack(overruled(model, { ...options, roles }), files);
  const services = await askForServices(prompt, stack, options);
  const entries = await askForEntries(prompt, stack, services, options);
  const migrate = await askForMigration(prompt, stack, services, options);
  const identity = options.identity ?? (await askForIdentity(prompt));
  const steps = options.steps ?? (await askForSteps(prompt));
  const promote = options.promote ?? (steps.length > 0 ? await askForPromotion(prompt) : undefined);
  return { ...options, roles, services, entries, migrate, identity, steps, promote };
}

/** Asks whether the text is to be written; whether it is to be committed, too. */
export async function askToWrite(
  prompt: Prompt,
  text: string,
  { commit, branch }: { commit: boolean; branch: string | undefined },
): Promise<boolean> {
  await prompt.show('canary.yaml', text.trimEnd());
  const answer = await prompt.chooseOne({
    message: 'Write this file?',
    options: [
      ...(commit && branch !== undefined
        ? [{ value: 'commit', label: `Write it and commit it to ${branch}` }]
        : []),
      { value: 'write', label: 'Write it', hint: 'you can change it before you commit it' },
      { value: 'no', label: 'No' },
    ],
    initial: commit && branch !== undefined ? 'commit' : 'write',
  });
  if (answer === undefined || answer === 'no') throw cancelled();
  return answer === 'commit';
}

async function askForRoles(
  prompt: Prompt,
  { roles }: Stack,
  options: InitOptions,
): Promise<Record<string, Role>> {
  const said = options.roles ?? {};
  const unsaid = Object.entries(roles).filter(([name]) => !Object.hasOwn(said, name));
  const keeping = unsaid.filter(([, { role }]) => role === 'stateful').map(([name]) => name);
  if (unsaid.length === 0 || options.services.length > 0) return said;
  const chosen = answered(
    await prompt.chooseSeveral({
      message: 'Which services keep data? Both sides share them.',
      options: unsaid.map(([name, { why }]) => ({ value: name, label: name, hint: why })),
      initial: keeping,
      isRequired: false,
    }),
  );
  const changed = unsaid.flatMap(([name]): [string, Role][] => {
    if (chosen.includes(name) === keeping.includes(name)) return [];
    return [[name, chosen.includes(name) ? 'stateful' : 'app']];
  });
  return { ...said, ...Object.fromEntries(changed) };
}

async function askForServices(
  prompt: Prompt,
  stack: Stack,
  options: InitOptions,
): Promise<readonly string[]> {
  const { candidates } = findCandidates(stack);
  if (options.services.length > 0 || candidates.length === 0) return options.services;
  return answered(
    await prompt.chooseSeveral({
      message: 'Which services should have a canary?',
      options: candidates.map(({ name, why }) => ({ value: name, label: name, hint: why })),
      initial: candidates.filter(({ isLikely }) => isLikely).map(({ name }) => name),
      isRequired: true,
    }),
  );
}

/** Only of services that publish several ports: else there is nothing to decide. */
async function askForEntries(
  prompt: Prompt,
  stack: Stack,
  services: readonly string[],
  options: InitOptions,
): Promise<Record<string, number>> {
  const entries = { ...options.entries };
  if (services.length === 0) return entries;
  for (const { service, entry } of chooseNamed(stack, services).services) {
    const ports = fixedPorts(stack.model.services[service] ?? {});
    if (entry === undefined || Object.hasOwn(entries, service) || ports.length < 2) continue;
    const port = await prompt.chooseOne({
      message: `At which port do users reach ${service}?`,
      options: ports.map(({ published = '', target }) => ({
        value: published,
        label: published,
        hint: `${target} in the container`,
      })),
      initial: String(entry),
    });
    if (answered(port) !== String(entry)) entries[service] = Number(port);
  }
  return entries;
}

/** Only if a service runs once, as migrations do. */
async function askForMigration(
  prompt: Prompt,
  { roles, model }: Stack,
  services: readonly string[],
  options: InitOptions,
): Promise<string | undefined> {
  const likely = migrationJobs(model, services);
  const jobs = Object.entries(roles)
    .filter(([, { role }]) => role === 'job')
    .toSorted(([left], [right]) => Number(likely.includes(right)) - Number(likely.includes(left)));
  if (options.migrate !== undefined || jobs.length === 0) return options.migrate;
  const answer = answered(
    await prompt.chooseOne({
      message: 'Which service migrates the database before new code starts?',
      options: [
        { value: '', label: 'None', hint: 'no migration, or the app does it when it starts' },
        ...jobs.map(([name, { why }]) => ({ value: name, label: name, hint: why })),
      ],
      initial: '',
    }),
  );
  return answer === '' ? undefined : answer;
}

const PLACES = [
  { value: '', label: 'By a cookie of canary', hint: 'nothing to set up; for browsers' },
  { value: 'header', label: 'By a header', hint: 'such as X-User-Id; for APIs' },
  { value: 'cookie', label: 'By a cookie of your app', hint: 'such as session' },
  { value: 'jwt', label: 'By a claim of a JSON Web Token', hint: 'such as sub' },
  { value: 'source', label: 'By their address', hint: 'all behind one address move together' },
];
const EXAMPLES: Readonly<Record<string, string>> = {
  header: 'X-User-Id',
  cookie: 'session',
  jwt: 'sub',
};

async function askForIdentity(prompt: Prompt): Promise<string[]> {
  const from = answered(
    await prompt.chooseOne({
      message: 'How does a request say who its user is? Each user stays on one side.',
      options: PLACES,
      initial: '',
    }),
  );
  if (from === '' || from === 'source') return from === '' ? [] : [from];
  const name = answered(
    await prompt.type({
      message: `What is the ${from === 'jwt' ? 'claim' : from} called?`,
      example: EXAMPLES[from] ?? '',
      problem: (typed) =>
        IDENTITY_PLACE.test(`${from}:${typed}`) ? undefined : 'Letters, digits, - and _ only.',
    }),
  );
  return [`${from}:${name}`];
}

const LADDERS: readonly { steps: readonly SetupStep[]; hint: string }[] = [
  { steps: CAREFUL, hint: 'recommended' },
  { steps: stepsOf([20, 50], '15m'), hint: 'for few visitors' },
  { steps: stepsOf([1, 5, 25, 50], '1h'), hint: 'for many visitors' },
  { steps: [], hint: 'you move the users, and decide' },
];

async function askForSteps(prompt: Prompt): Promise<readonly SetupStep[]> {
  const answer = answered(
    await prompt.chooseOne({
      message: 'How does a canary get its users? It is judged all the time.',
      options: LADDERS.map(({ steps, hint }, index) => ({
        value: String(index),
        label: stepsText(steps),
        hint,
      })),
      initial: '0',
    }),
  );
  return LADDERS[Number(answer)]?.steps ?? [];
}

function stepsOf(weights: readonly number[], hold: string): SetupStep[] {
  return weights.map((weight) => ({ weight, for: hold }));
}

async function askForPromotion(prompt: Prompt): Promise<'auto' | 'manual'> {
  const answer = answered(
    await prompt.chooseOne({
      message: 'A canary passed every step. What then?',
      options: [
        { value: 'auto', label: 'It becomes the stable', hint: 'recommended' },
        { value: 'manual', label: 'It waits for `canary promote`' },
      ],
      initial: 'auto',
    }),
  );
  return answer === 'manual' ? 'manual' : 'auto';
}

function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw cancelled();
  return answer;
}

function cancelled(): CanaryError {
  return new CanaryError('interrupted', 'Nothing was written.', {
    hint: 'Run `canary init` again when you like. Each question has a flag: `canary init --help`.',
  });
}
