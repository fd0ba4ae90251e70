import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  changeUsers,
  listedUsers,
  readUsers,
  type UserSides,
  userChange,
  userFile,
} from '../../../src/proxy/user-map.ts';

const user = fc.stringMatching(/^[a-z0-9@._-]{1,12}$/);
const sides: fc.Arbitrary<UserSides> = fc
  .dictionary(user, fc.constantFrom('canary', 'stable'), { noNullPrototype: true })
  .map((each) => new Map(Object.entries(each)));

/** What HAProxy makes of the lines; it treats each command separately. */
function after(inForce: UserSides, lines: readonly string[]): UserSides {
  const map = new Map(inForce);
  for (const command of lines.flatMap((line) => line.split('; '))) {
    const [verb, , file, key = '', value = ''] = command.split(' ');
    expect(file).toBe('/run/canary/users.map');
    expect(verb === 'add').toBe(!map.has(key));
    if (verb === 'del') map.delete(key);
    else map.set(key, value);
  }
  return map;
}

const sorted = (users: UserSides) => [...users].sort();

test('the commands turn any lists into the wanted ones', () => {
  fc.assert(
    fc.property(sides, sides, (inForce, wanted) => {
      expect(sorted(after(inForce, changeUsers(inForce, wanted)))).toEqual(sorted(wanted));
    }),
  );
});

test('many users take few lines, each short enough for HAProxy', () => {
  const wanted = new Map(Array.from({ length: 2000 }, (_, n) => [`ü-${n}`, 'canary']));
  const lines = changeUsers(new Map(), wanted);
  expect(lines.length).toBeLessThan(30);
  for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(8000);
});

test('lists are read back as written, from the file and from the answer of `show map`', () => {
  fc.assert(
    fc.property(sides, (each) => {
      const file = userFile(each);
      expect(readUsers(file)).toEqual(each);
      expect(readUsers(file.replaceAll(/^/gm, '0x55e0 '))).toEqual(each);
    }),
  );
});

test('an unknown map has no users', () => {
  expect(readUsers('Unknown map identifier. Please use #<id> or <file>.\n').size).toBe(0);
});

test('a change is reported in numbers only', () => {
  const inForce = listedUsers([{ user: ['ada', 'eve', 'bob'], side: 'canary' }]);
  const wanted = listedUsers([
    { user: ['ada'], side: 'stable' },
    { user: ['eve', 'kim', 'lee'], side: 'canary' },
  ]);
  expect(userChange(inForce, wanted)).toEqual({ added: 2, removed: 1, moved: 1 });
  expect(userChange(wanted, new Map(wanted))).toBeUndefined();
});
