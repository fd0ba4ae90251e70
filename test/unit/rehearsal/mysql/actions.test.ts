import { expect, test } from 'vitest';
import { type Action, actionsOf } from '../../../../src/rehearsal/mysql/actions.ts';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';

test.each<[string, Action[]]>([
  [
    'DROP TABLE IF EXISTS `a`, audit.b CASCADE',
    [
      { do: 'drop', table: 'a' },
      { do: 'drop', table: 'audit.b' },
    ],
  ],
  ['drop temporary table a', []],
  [
    'CREATE TABLE IF NOT EXISTS shop.a (x INT, y INT) COMMENT="a", ENGINE=InnoDB',
    [{ do: 'create', table: 'a', replaces: false }],
  ],
  ['CREATE OR REPLACE TABLE a LIKE b', [{ do: 'create', table: 'a', replaces: true }]],
  ['TRUNCATE a', [{ do: 'truncate', table: 'a' }]],
  [
    'RENAME TABLE a TO b, c TO audit.d',
    [
      { do: 'rename', table: 'a', to: 'b' },
      { do: 'rename', table: 'c', to: 'audit.d' },
    ],
  ],
  [
    'ALTER TABLE a RENAME TO b',
    [
      { do: 'alter', table: 'a', columns: [] },
      { do: 'rename', table: 'a', to: 'b' },
    ],
  ],
  [
    'ALTER TABLE a RENAME INDEX x TO y, RENAME KEY p TO q',
    [{ do: 'alter', table: 'a', columns: [] }],
  ],
  [
    'ALTER TABLE a DROP b, DROP COLUMN IF EXISTS c, ADD (d INT, e DECIMAL(3,2)), CHANGE f g INT, RENAME COLUMN h TO i, DROP PRIMARY KEY, ADD INDEX j (k), ADD COLUMN `index` INT AFTER z',
    [
      {
        do: 'alter',
        table: 'a',
        columns: [
          { do: 'drop', column: 'b' },
          { do: 'drop', column: 'c' },
          { do: 'add', column: 'd' },
          { do: 'add', column: 'e' },
          { do: 'rename', column: 'f', to: 'g' },
          { do: 'rename', column: 'h', to: 'i' },
          { do: 'add', column: 'index' },
        ],
      },
    ],
  ],
  ['CREATE UNIQUE INDEX i ON a (b, c)', [{ do: 'alter', table: 'a', columns: [] }]],
  ['DROP INDEX i ON a', [{ do: 'alter', table: 'a', columns: [] }]],
  [
    'OPTIMIZE LOCAL TABLE a, b',
    [
      { do: 'alter', table: 'a', columns: [] },
      { do: 'alter', table: 'b', columns: [] },
    ],
  ],
  [
    'LOCK TABLES a READ LOCAL, b AS x WRITE',
    [
      { do: 'lock', table: 'a' },
      { do: 'lock', table: 'b' },
    ],
  ],
  ['DROP DATABASE IF EXISTS audit', [{ do: 'drop schema', prefix: 'audit.' }]],
  ['DROP SCHEMA shop', [{ do: 'drop schema', prefix: '' }]],
  [
    'DROP VIEW v, w',
    [
      { do: 'define', name: 'v' },
      { do: 'define', name: 'w' },
    ],
  ],
  [
    'CREATE DEFINER=`a`@`%` TRIGGER tr BEFORE UPDATE ON a FOR EACH ROW SET NEW.b = 1',
    [{ do: 'define', name: 'tr' }],
  ],
  ['CREATE DATABASE other', [{ do: 'define', name: 'other' }]],
  ["DROP USER a@'%'", []],
  ['DELETE LOW_PRIORITY FROM a WHERE b', [{ do: 'delete', table: 'a' }]],
  [
    'DELETE x FROM a x JOIN b ON x.i = b.i',
    [
      { do: 'delete', table: 'x' },
      { do: 'delete', table: 'a' },
      { do: 'delete', table: 'b' },
    ],
  ],
  [
    'UPDATE a, b AS x JOIN c USING (i) SET a.d = 1, x.e = 2',
    [
      { do: 'update', table: 'a' },
      { do: 'update', table: 'b' },
      { do: 'update', table: 'c' },
    ],
  ],
  ['REPLACE INTO a VALUES (1)', [{ do: 'update', table: 'a' }]],
  ['INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE b = 1', [{ do: 'update', table: 'a' }]],
  ['INSERT INTO a VALUES (1)', []],
  ["LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE a", [{ do: 'update', table: 'a' }]],
  ['SELECT * FROM a', []],
  ['', []],
])('%s', (statement, actions) => {
  expect(actionsOf(statement, 'shop', namingIn('shop'))).toEqual(actions);
});
