import { literal } from './client.ts';

export interface Account {
  user: string;
  host: string;
  isRole: boolean;
}

/** Accounts of the server itself, and the one of its image's health check: each copy has its own. */
const OWN = /^(mariadb\.sys|mysql\.(sys|session|infoschema)|healthcheck|PUBLIC)$/;

/** Whether a copy gets it from the original. */
export function isCopied({ user, host }: Account): boolean {
  return !OWN.test(user) && !(user === 'root' && host === 'localhost');
}

/** An account, quoted for a statement. */
function accountIn({ user, host, isRole }: Account): string {
  return isRole && host === '' ? literal(user) : `${literal(user)}@${literal(host)}`;
}

/** Queries the statements that create an account. */
export function accountQueries(account: Account): string {
  const name = accountIn(account);
  const grants = `SHOW GRANTS FOR ${name};`;
  // A role of MariaDB has no password.
  if (isBareRole(account)) return grants;
  return `SHOW CREATE USER ${name};\n${grants}`;
}

/** Statements that recreate accounts, in an order in which each finds what it names. */
export function accountStatements(
  accounts: readonly Account[],
  shown: readonly string[],
): { make: string[]; grant: string[] } {
  const roles = accounts.filter(isBareRole).map((role) => `CREATE ROLE ${accountIn(role)};`);
  const made = shown.filter((line) => line.startsWith('CREATE USER '));
  const defaults = made.flatMap((line) => {
    const [, account, role] = / USER (\S+) .* DEFAULT ROLE (.*?) (?=REQUIRE )/.exec(line) ?? [];
    return account && role ? [`SET DEFAULT ROLE ${role} TO ${account};`] : [];
  });
  return {
    make: [
      ...roles,
      ...made.map((line) => `${line.replace(/ DEFAULT ROLE .*? (?=REQUIRE )/, ' ')};`),
    ],
    grant: [
      ...shown.filter((line) => !line.startsWith('CREATE USER ')).map((line) => `${line};`),
      ...defaults,
    ],
  };
}

/** Statements that drop accounts. */
export function dropStatements(accounts: readonly Account[]): string[] {
  return accounts.map(
    (account) => `DROP ${isBareRole(account) ? 'ROLE' : 'USER'} IF EXISTS ${accountIn(account)};`,
  );
}

function isBareRole({ isRole, host }: Account): boolean {
  return isRole && host === '';
}
