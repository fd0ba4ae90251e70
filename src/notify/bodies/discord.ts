import type { Message } from '../message.ts';
import { colorOf } from './color.ts';
import { cut, escapeMarkdown } from './text.ts';

/** Limits of an embed, in characters; all its texts together have at most 6000. */
const LONGEST = { title: 256, description: 2500, field: 300 };
const MOST_FIELDS = 8;

/** The body of a webhook: one embed that mentions nobody. */
export function discordBody({ event, title, text, facts, command }: Message): object {
  const fields = facts.slice(0, MOST_FIELDS).map(([name, value]) => ({
    name,
    value: cut(value, LONGEST.field, escapeMarkdown),
    inline: true,
  }));
  return {
    embeds: [
      {
        title: cut(title, LONGEST.title, escapeMarkdown),
        description: cut(text, LONGEST.description, escapeMarkdown),
        color: colorOf(event),
        fields: [...fields, { name: 'To act', value: `\`${command}\``, inline: false }],
      },
    ],
    allowed_mentions: { parse: [] },
  };
}
