import type { NotifyTarget } from '../../config/sections/notify.ts';
import { fillBody } from '../../config/values/template.ts';
import type { Message } from '../message.ts';
import { discordBody } from './discord.ts';
import { mattermostBody } from './mattermost.ts';
import { slackBody } from './slack.ts';
import { teamsBody } from './teams.ts';

type Web = Exclude<NotifyTarget, { kind: 'run' }>;

const CHATS = {
  slack: slackBody,
  discord: discordBody,
  teams: teamsBody,
  mattermost: mattermostBody,
};

/** What is sent to a target, and its headers; those of canary.yaml still have their variables. */
export function bodyOf(
  target: Web,
  message: Message,
): { body: string; headers: Record<string, string> } {
  if (target.kind !== 'webhook') {
    const body = JSON.stringify(CHATS[target.kind](message));
    return { body, headers: { 'Content-Type': 'application/json' } };
  }
  const { body: template } = target;
  const headers = { 'Content-Type': 'application/json', ...target.headers };
  if (template === undefined) return { body: JSON.stringify(plain(message)), headers };
  const { event, title, text, command, about } = message;
  const values = { ...about, event, title, text, command };
  return { body: fillBody(template, values), headers };
}

/** canary's own JSON, for programs. */
function plain({ event, title, text, facts, command, about }: Message): object {
  return { version: 1, event, ...about, title, text, command, facts: Object.fromEntries(facts) };
}
