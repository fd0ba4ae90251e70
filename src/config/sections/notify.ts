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

/** A target of messages, with the timeout of one attempt in milliseconds. */
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
    z.strictObject({ file: line(1000).describe('The file whose only line is the address.') }),
  ],
  NOT_A_SECRET,
);

const KINDS = [...CHATS, 'webhook', 'run'] as const;
const EVENTS = `is none of ${NOTIFY_EVENTS.join(', ')}`;

const target = z
  .strictObject({
    slack: address
      .optional()
      .describe('The webhook of Slack: a secret, so it is named and not written here.'),
    discord: address
      .optional()
      .describe('The webhook of Discord: a secret, so it is named and not written here.'),
    teams: address
      .optional()
      .describe(
        'The webhook of Microsoft Teams (a workflow): a secret, so it is named and not written here.',
      ),
    mattermost: address
      .optional()
      .describe('The webhook of Mattermost: a secret, so it is named and not written here.'),
    webhook: address.optional().describe('Any other webhook: a secret, too.'),
    run: argv.optional().describe('A program and its arguments; it gets the message as JSON.'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,50}$/, 'is not a name of letters, digits, `.`, `_` and `-`')
      .optional()
      .describe('What `canary notify test` and warnings call it.'),
    on: listed(z.array(z.enum(NOTIFY_EVENTS, EVENTS)).min(1))
      .optional()
      .describe('What it is told about; by default everything.'),
    headers: headers.optional().describe('Headers of the request to `webhook`.'),
    body: template(MESSAGE_PLACES)
      .optional()
      .describe('The body of the request to `webhook`, instead of canary’s own JSON.'),
    timeout: timeout.optional().describe('How long one attempt may take.'),
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
