import type { MatchRule } from '../config/sections/match.ts';
import { RUN_DIRECTORY } from './weight-map.ts';

/** The file in which the proxy finds the listed users and their sides. */
export const USER_MAP = `${RUN_DIRECTORY}/users.map`;
export const showUsers = `show map ${USER_MAP}`;
/** HAProxy reads a line of commands into one buffer of 16 KiB. */
const LONGEST_LINE = 8000;

/** The side of every listed user. */
export type UserSides = ReadonlyMap<string, string>;

export function listedUsers(rules: readonly MatchRule[]): UserSides {
  return new Map(rules.flatMap(({ user = [], side }) => user.map((name) => [name, side] as const)));
}

/** The content of the map's file, which the proxy reads when it starts. */
export function userFile(sides: UserSides): string {
  return [...sides].map(([user, side]) => `${user} ${side}\n`).join('');
}

/** The users in a map file, or in the output of `show map`, whose lines begin with an address. */
export function readUsers(text: string): UserSides {
  const lines = text.split('\n').map((line) => line.trim().split(' '));
  return new Map(
    lines.flatMap((words) => {
      const [user, side] = words.slice(-2);
      const isEntry = side === 'canary' || side === 'stable';
      return isEntry && words.length >= 2 && user ? [[user, side] as const] : [];
    }),
  );
}

/** How many users are added, removed or change sides; never which users. */
export interface UserChange {
  added: number;
  removed: number;
  moved: number;
}

/**
 * The difference between the lists in force and the wanted ones; `undefined` if they are the same.
 */
export function userChange(inForce: UserSides, wanted: UserSides): UserChange | undefined {
  const count = (users: UserSides, isCounted: (user: string, side: string) => boolean) =>
    [...users].filter(([user, side]) => isCounted(user, side)).length;
  const change = {
    added: count(wanted, (user) => !inForce.has(user)),
    removed: count(inForce, (user) => !wanted.has(user)),
    moved: count(wanted, (user, side) => inForce.has(user) && inForce.get(user) !== side),
  };
  return change.added + change.removed + change.moved === 0 ? undefined : change;
}

/**
 * The commands for the admin socket that change the lists in force to the wanted ones, several per
 * line.
 */
export function changeUsers(inForce: UserSides, wanted: UserSides): string[] {
  const gone = [...inForce.keys()].filter((user) => !wanted.has(user));
  const changed = [...wanted].filter(([user, side]) => inForce.get(user) !== side);
  const commands = [
    ...gone.map((user) => `del map ${USER_MAP} ${user}`),
    ...changed.map(
      ([user, side]) => `${inForce.has(user) ? 'set' : 'add'} map ${USER_MAP} ${user} ${side}`,
    ),
  ];
  return joined(commands);
}

function joined(commands: readonly string[]): string[] {
  const lines: string[] = [];
  for (const command of commands) {
    const line = [...lines.slice(-1), command].join('; ');
    const fits = lines.length > 0 && Buffer.byteLength(line) <= LONGEST_LINE;
    if (fits) lines[lines.length - 1] = line;
    else lines.push(command);
  }
  return lines;
}
