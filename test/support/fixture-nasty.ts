import fc from 'fast-check';

/** Characters that HAProxy could interpret. */
export const PIECES = [
  `$${'{HOME}'}`,
  ...["'", '"', '\\', '\\\\', '$HOME', '"$HOME"', '#', ' # ', '}', '{', '||', ' or ', '!'],
  ...[
    '--',
    '-f',
    '-m',
    '%[env(HOME)]',
    "'\n  server x 1.1.1.1",
    '\n\nfrontend evil\n  bind :9',
    '\r',
  ],
  ...[
    '\u0000',
    '\u2028',
    '\u0085',
    '\\n',
    '\\x0a',
    ' if TRUE',
    '(',
    ')',
    '[',
    '*',
    ',',
    ' ',
    '\t',
    '%',
  ],
  ...['.if', '.else', '.endif', '$(id)', ';', '; show info', '<<', '`id`', 'é', '🐕'],
];

/** A text that tries to be interpreted. */
export const nasty: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 8 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
