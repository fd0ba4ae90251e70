import type { NotifyEvent } from '../../config/sections/notify.ts';
import type { Message } from '../message.ts';
import { cut, escapeMarkdown } from './text.ts';

/** In bytes of JSON; Teams takes 28 KB for a whole card. */
const MOST_BYTES = { title: 1000, text: 12_000, fact: 800 };
const MOST_FACTS = 10;

const COLORS: Partial<Record<NotifyEvent, string>> = {
  promoted: 'Good',
  'judged-bad': 'Attention',
  failed: 'Attention',
  start: 'Accent',
  step: 'Accent',
};

/** The body for a workflow "When a Teams webhook request is received": a message with an Adaptive Card. */
export function teamsBody({ event, title, text, facts, command }: Message): object {
  const block = (words: string, more: object) => ({
    type: 'TextBlock',
    text: words,
    wrap: true,
    ...more,
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(shown(title, MOST_BYTES.title), {
              size: 'Medium',
              weight: 'Bolder',
              color: COLORS[event] ?? 'Warning',
            }),
            block(shown(text, MOST_BYTES.text), {}),
            {
              type: 'FactSet',
              facts: facts
                .slice(0, MOST_FACTS)
                .map(([name, value]) => ({ title: name, value: shown(value, MOST_BYTES.fact) })),
            },
            block(shown(command, MOST_BYTES.title), { fontType: 'Monospace' }),
          ],
        },
      },
    ],
  };
}

function shown(text: string, mostBytes: number): string {
  return cut(text, mostBytes, escapeMarkdown, bytesInJson);
}

function bytesInJson(piece: string): number {
  return Buffer.byteLength(JSON.stringify(piece)) - 2;
}
