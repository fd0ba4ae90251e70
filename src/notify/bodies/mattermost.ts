import type { Message } from '../message.ts';
import { colorOf } from './color.ts';
import { cut, type Escape, escapeMarkdown } from './text.ts';

/** In characters: all together stay below the 16,383 of a post. */
const LONGEST = { title: 256, text: 4000, fallback: 1000, field: 500 };

/** Behind a space of no width, `@channel` calls nobody; a backslash does not help there. */
const escapeSign: Escape = (character) =>
  character === '@' ? '@\u200b' : escapeMarkdown(character);

/** The body of an incoming webhook: one attachment. */
export function mattermostBody({ event, title, text, facts, command }: Message): object {
  const said = cut(text, LONGEST.text, escapeSign);
  return {
    attachments: [
      {
        fallback: cut(`${title}: ${text}`, LONGEST.fallback, escapeSign),
        color: `#${colorOf(event).toString(16).padStart(6, '0')}`,
        title: cut(title, LONGEST.title, escapeSign),
        text: `${said}\n\n\`${command}\``,
        fields: facts.map(([name, value]) => ({
          title: name,
          value: cut(value, LONGEST.field, escapeSign),
          short: true,
        })),
      },
    ],
  };
}
