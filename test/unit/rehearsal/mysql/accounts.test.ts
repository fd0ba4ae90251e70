import { expect, test } from 'vitest';
import {
  accountQueries,
  accountStatements,
  dropStatements,
  isCopied,
} from '../../../../src/rehearsal/mysql/accounts.ts';

const APP = { user: "a'pp", host: '%', isRole: false };
const ROLE = { user: 'looker', host: '', isRole: true };

test('the server’s own accounts stay as each server made them', () => {
  const names = [
    'root@localhost',
    'root@%',
    'mariadb.sys@localhost',
    'mysql.session@localhost',
    'healthcheck@::1',
    'app@%',
  ];
  const accounts = names.map((name) => {
    const [user = '', host = ''] = name.split('@');
    return { user, host, isRole: false };
  });
  expect(accounts.filter(isCopied).map(({ user, host }) => `${user}@${host}`)).toEqual([
    'root@%',
    'app@%',
  ]);
});

test('names are quoted, and a role of MariaDB has no password', () => {
  expect(accountQueries(APP)).toBe("SHOW CREATE USER 'a''pp'@'%';\nSHOW GRANTS FOR 'a''pp'@'%';");
  expect(accountQueries(ROLE)).toBe("SHOW GRANTS FOR 'looker';");
  expect(dropStatements([APP, ROLE])).toEqual([
    "DROP USER IF EXISTS 'a''pp'@'%';",
    "DROP ROLE IF EXISTS 'looker';",
  ]);
});

test('all accounts exist before any grant; default roles of MySQL come last', () => {
  const shown = [
    "CREATE USER `app`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x2441 DEFAULT ROLE `r`@`%` REQUIRE NONE PASSWORD EXPIRE DEFAULT",
    'GRANT `r`@`%` TO `app`@`%`',
    'CREATE USER `r`@`%` ACCOUNT LOCK',
  ];
  expect(accountStatements([ROLE], shown)).toEqual({
    make: [
      "CREATE ROLE 'looker';",
      "CREATE USER `app`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x2441 REQUIRE NONE PASSWORD EXPIRE DEFAULT;",
      'CREATE USER `r`@`%` ACCOUNT LOCK;',
    ],
    grant: ['GRANT `r`@`%` TO `app`@`%`;', 'SET DEFAULT ROLE `r`@`%` TO `app`@`%`;'],
  });
});
