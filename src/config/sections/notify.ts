import { z } from 'zod';
import { line, listed, refuse } from '../values/values.ts';
import { argv, headers, template, timeout } from './outside.ts';

/** What a target can be told about. */
export const NOTIFY_EVENTS = [
  'start',
  'step',
  'pause',
  'inconclusive',
  'judged-bad',
  'promoted',
  'reverted',
  'failed',
  'lock-broken',
] as const;
export type NotifyEvent = (typeof NOTIFY_EVENTS)[number];

/** The chat services whose format canary writes. */
const CHATS = ['slack', 'discord', 'teams', 'mattermost'] as const;
type Chat = (typeof CHATS)[number];

/** The placeholders of a webhook's own body. */
const MESSAGE_PLACES = [
  'event',
  'title',
  'text',
  'command',
  'project',
  'release',
  'branch',
  'commit',
  'subject',
  'state',
  'weight',
  'step',
  'steps',
] as const;

/** Where a webhook's address is: who knows the address can write to the channel. */
export type SecretAddress = { variable: string } | { file: string };

/** Somebody who is told, with the timeout of one attempt in milliseconds. */
export type NotifyTarget = {
  name: string;
  on: readonly NotifyEvent[];
  timeout: number;
} & (
  | { kind: Chat; address: SecretAddress }
  | {
      kind: 'webhook';
      address: SecretAddress;
      headers: Readonly<Record<string, string>>;
      /** The body with placeholders; `undefined` for canary's own JSON. */
      body: string | undefined;
    }
  | { kind: 'run'; run: readonly string[] }
);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is written so in canary.yaml.
const NOT_A_SECRET =
  'is not `${NAME}`, a variable of the environment, or `{ file: PATH }`: who knows this address can write there';
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: it is written so in canary.yaml.

const address = z.union(
  [
    z
      .string()
      .regex(/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/)
      .transform((text): SecretAddress => ({ variable: text.slice(2, -1) })),
    z.strictObject({ file: line(1000) }),
  ],
  NOT_A_SECRET,
);

const KINDS = [...CHATS, 'webhook', 'run'] as const;
const EVENTS = `is none of ${NOTIFY_EVENTS.join(', ')}`;

const target = z
  .strictObject({
    slack: address.optional(),
    discord: address.optional(),
    teams: address.optional(),
    mattermost: address.optional(),
    webhook: address.optional(),
    run: argv.optional(),
    /** What `canary notify test` and messages call it. */
    name: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,50}$/, 'is not a name of letters, digits, `.`, `_` and `-`')
      .optional(),
    /** What it is told about. */
    on: listed(z.array(z.enum(NOTIFY_EVENTS, EVENTS)).min(1)).optional(),
    headers: headers.optional(),
    body: template(MESSAGE_PLACES).optional(),
    timeout: timeout.optional(),
  })
  .superRefine((each, context) => {
    const kinds = KINDS.filter((kind) => each[kind] !== undefined);
    if (kinds.length !== 1)
      refuse(context, `needs exactly one of ${KINDS.join(', ')}; it has ${kinds.length}`);
    for (const key of ['headers', 'body'] as const)
      if (each[key] !== undefined && !each.webhook)
        refuse(context, 'needs `webhook`; the others have a format of their own', [key]);
  })
  .transform((each): NotifyTarget => {
    const { name, on = NOTIFY_EVENTS, timeout = 10_000, run, webhook } = each;
    const kind = KINDS.find((one) => each[one] !== undefined) ?? 'run';
    const common = { name: name ?? kind, on, timeout };
    if (run) return { ...common, kind: 'run', run };
    if (webhook) {
      const { headers = {}, body } = each;
      return { ...common, kind: 'webhook', address: webhook, headers, body };
    }
    const chat = CHATS.find((one) => one === kind) ?? 'slack';
    return { ...common, kind: chat, address: each[chat] ?? { variable: '' } };
  });

/** Who is told what happens to releases. */
export const notify = z
  .array(target)
  .max(20)
  .superRefine((targets, context) => {
    for (const [index, { name }] of targets.entries())
      if (targets.findIndex((other) => other.name === name) < index)
        refuse(context, `is a second \`${name}\`: give it a \`name\` of its own`, [index]);
  });
