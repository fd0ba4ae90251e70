import { describe, expect, test } from 'vitest';
import { NOTIFY_EVENTS, type NotifyTarget } from '../../../src/config/sections/notify.ts';
import { bodyOf } from '../../../src/notify/bodies/body-of.ts';
import type { Message } from '../../../src/notify/message.ts';

const MESSAGE: Message = {
  event: 'judged-bad',
  title: 'shop: the canary was judged bad',
  text: '14 of 900 requests on the canary failed.',
  facts: [
    ['Branch', 'canary'],
    ['Weight', '5 %'],
  ],
  command: 'canary history',
  about: { project: 'shop', release: 'r1', branch: 'canary', weight: 5 },
};
const common = { name: 'x', on: NOTIFY_EVENTS, timeout: 1, address: { variable: 'X' } };
type Kind = Exclude<NotifyTarget['kind'], 'run' | 'webhook'>;
const json = (kind: Kind, message: Partial<Message> = {}) =>
  JSON.parse(bodyOf({ ...common, kind }, { ...MESSAGE, ...message }).body);
const webhook = (body: string | undefined, message: Partial<Message> = {}) =>
  bodyOf({ ...common, kind: 'webhook', headers: {}, body }, { ...MESSAGE, ...message }).body;

/** What a commit's subject, or an answer quoted in a reason, could hold. */
const NASTY = '<!channel> @everyone <@123> *b* `x` [a](http://b) \u001b[31m \u202e & done';
/** Of letters that take the most room in every format. */
const LONG = '&<*"😀'.repeat(5000);

describe('slack', () => {
  test('blocks, as an incoming webhook takes them', () => {
    expect(json('slack')).toEqual({
      text: 'shop: the canary was judged bad: 14 of 900 requests on the canary failed.',
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: MESSAGE.title } },
        { type: 'section', text: { type: 'mrkdwn', text: MESSAGE.text, verbatim: true } },
        {
          type: 'section',
          fields: [
            { type: 'mrkdwn', text: '*Branch*\ncanary', verbatim: true },
            { type: 'mrkdwn', text: '*Weight*\n5 %', verbatim: true },
          ],
        },
        { type: 'section', text: { type: 'mrkdwn', text: '`canary history`', verbatim: true } },
      ],
    });
  });

  test('its own signs are escaped, and nobody is called', () => {
    const { text, blocks } = json('slack', { text: NASTY });
    for (const shown of [text, blocks[1].text.text]) {
      expect(shown).not.toMatch(/[<>\p{Cc}\u202e]|&(?!amp;|lt;|gt;)/u);
      expect(shown).toContain('&lt;!channel&gt;');
    }
  });

  test('texts keep its limits, and no escape is cut in two', () => {
    const facts = Array.from({ length: 20 }, (_, at) => [`F${at}`, LONG] as const);
    const { text, blocks } = json('slack', { title: LONG, text: LONG, facts });
    expect(text.length).toBeLessThanOrEqual(3000);
    expect(blocks[0].text.text.length).toBeLessThanOrEqual(150);
    expect(blocks[1].text.text.length).toBeLessThanOrEqual(3000);
    expect(blocks[1].text.text).toMatch(/(&amp;|&lt;|[*"]|😀)…$/);
    expect(blocks[2].fields).toHaveLength(10);
    for (const field of blocks[2].fields) expect(field.text.length).toBeLessThanOrEqual(2000);
  });
});

describe('discord', () => {
  test('an embed that mentions nobody', () => {
    expect(json('discord')).toEqual({
      embeds: [
        {
          title: MESSAGE.title,
          description: '14 of 900 requests on the canary failed.',
          color: 0xd0392b,
          fields: [
            { name: 'Branch', value: 'canary', inline: true },
            { name: 'Weight', value: '5 %', inline: true },
            { name: 'To act', value: '`canary history`', inline: false },
          ],
        },
      ],
      allowed_mentions: { parse: [] },
    });
    expect(json('discord', { text: NASTY }).embeds[0].description).toContain(
      '\\<\\!channel\\> @everyone \\<@123\\> \\*b\\* \\`x\\` \\[a\\]\\(http://b\\)',
    );
  });

  test('all its texts together keep the limit', () => {
    const facts = Array.from({ length: 20 }, (_, at) => [`F${at}`, LONG] as const);
    const [{ title, description, fields }] = json('discord', {
      title: LONG,
      text: LONG,
      facts,
    }).embeds;
    expect(title.length).toBeLessThanOrEqual(256);
    expect(description.length).toBeLessThanOrEqual(4096);
    const length = (sum: number, each: { name: string; value: string }) =>
      sum + each.name.length + each.value.length;
    expect(fields.reduce(length, title.length + description.length)).toBeLessThanOrEqual(6000);
  });
});

describe('teams', () => {
  test('a message with an Adaptive Card', () => {
    const { type, attachments } = json('teams');
    expect(type).toBe('message');
    expect(attachments).toMatchObject([
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: { type: 'AdaptiveCard', version: '1.4' },
      },
    ]);
    expect(attachments[0].content.body).toEqual([
      {
        type: 'TextBlock',
        text: MESSAGE.title,
        wrap: true,
        size: 'Medium',
        weight: 'Bolder',
        color: 'Attention',
      },
      { type: 'TextBlock', text: MESSAGE.text, wrap: true },
      {
        type: 'FactSet',
        facts: [
          { title: 'Branch', value: 'canary' },
          { title: 'Weight', value: '5 %' },
        ],
      },
      { type: 'TextBlock', text: 'canary history', wrap: true, fontType: 'Monospace' },
    ]);
  });

  test.each([LONG, '\u0001'.repeat(20_000), '漢'.repeat(20_000)])('28 KB are enough', (long) => {
    const facts = Array.from({ length: 20 }, (_, at) => [`F${at}`, long] as const);
    const { body } = bodyOf(
      { ...common, kind: 'teams' },
      { ...MESSAGE, title: long, text: long, facts },
    );
    expect(Buffer.byteLength(body)).toBeLessThan(28_000);
  });
});

test('mattermost: an attachment that calls nobody', () => {
  expect(json('mattermost')).toEqual({
    attachments: [
      {
        fallback: 'shop: the canary was judged bad: 14 of 900 requests on the canary failed.',
        color: '#d0392b',
        title: MESSAGE.title,
        text: `${MESSAGE.text}\n\n\`canary history\``,
        fields: [
          { title: 'Branch', value: 'canary', short: true },
          { title: 'Weight', value: '5 %', short: true },
        ],
      },
    ],
  });
  const all = JSON.stringify(json('mattermost', { text: '@channel @all', title: '@here' }));
  expect(all).not.toMatch(/@[a-z]/);
  expect(JSON.stringify(json('mattermost', { title: LONG, text: LONG })).length).toBeLessThan(
    16_383,
  );
});

describe('webhook', () => {
  test("canary's own JSON", () => {
    expect(JSON.parse(webhook(undefined))).toEqual({
      version: 1,
      event: 'judged-bad',
      project: 'shop',
      release: 'r1',
      branch: 'canary',
      weight: 5,
      title: MESSAGE.title,
      text: MESSAGE.text,
      command: 'canary history',
      facts: { Branch: 'canary', Weight: '5 %' },
    });
  });

  test('a template: values are escaped in JSON only, and stay values', () => {
    const text = 'a "b"\n{{command}}';
    expect(JSON.parse(webhook('{"m": "{{ text }}", "w": {{weight}}}', { text }))).toEqual({
      m: text,
      w: 5,
    });
    expect(webhook('{{project}}: {{text}}{{step}}', { text })).toBe(`shop: ${text}`);
  });
});
