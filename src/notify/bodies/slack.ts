import type { Message } from '../message.ts';
import { cut, type Escape } from './text.ts';

/** Limits of Slack's blocks, in characters. */
const LONGEST = { header: 150, section: 3000, field: 2000, text: 3000 };
const MOST_FIELDS = 10;

/** `&`, `<` and `>` are Slack's own signs: `<!channel>` would call everybody. */
const escapeSign: Escape = (character) => ENTITIES[character] ?? character;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The body of an incoming webhook: blocks, and their text for notifications. */
export function slackBody({ title, text, facts, command }: Message): object {
  // Without `verbatim`, Slack looks for names and addresses in the text.
  const markdown = (words: string) => ({ type: 'mrkdwn', text: words, verbatim: true });
  const header = { type: 'plain_text', text: cut(title, LONGEST.header, (sign) => sign) };
  const fields = facts
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => markdown(`*${name}*\n${cut(value, LONGEST.field - 100, escapeSign)}`));
  return {
    text: cut(`${title}: ${text}`, LONGEST.text, escapeSign),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: header },
      { type: 'section', text: markdown(cut(text, LONGEST.section, escapeSign)) },
      ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
      { type: 'section', text: markdown(`\`${cut(command, 500, escapeSign)}\``) },
    ],
  };
}
