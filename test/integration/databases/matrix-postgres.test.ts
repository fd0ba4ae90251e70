import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { postgres } from '../../../src/rehearsal/postgres/postgres.ts';
import {
  doneIn,
  expectEveryKind,
  foundIn,
  givenOf,
  linesOf,
  unexpectedIn,
} from '../../support/definition-matrix/matrix.ts';
import { POSTGRES } from '../../support/definition-matrix/postgres.ts';
import { LocalPostgres, postgresPrograms } from '../../support/local-postgres.ts';

const programs = await postgresPrograms();

/** The client of a canary. */
const ADDRESS = '127.0.0.1';

describe.skipIf(programs === undefined)(
  `what a boot does to a server${programs ? '' : ' (PostgreSQL is not installed here: the same runs in a container in `long`)'}`,
  () => {
    let server: LocalPostgres;
    let findings: Finding[] = [];

    beforeAll(async () => {
      server = await LocalPostgres.start(programs ?? '');
      await server.sql(givenOf(POSTGRES));
      const watch = await postgres.watch(server.place);
      await server.canary(doneIn(POSTGRES));
      findings = foundIn(await watch.end((address) => (address === ADDRESS ? 'web' : undefined)));
    });
    afterAll(() => server?.dispose());

    test.each(Object.entries(POSTGRES))('%s', (_, { finds }) => {
      const lines = linesOf(findings);
      expect(finds.filter((each) => !lines.includes(each))).toEqual([]);
    });

    test('nothing else', () => {
      expect(unexpectedIn(findings, POSTGRES)).toEqual([]);
    });

    test.each([
      ['a sequence restarted', 'alter sequence restarted_id_seq restart'],
      ['another owner of a table', 'alter table owned owner to owner_a'],
      [
        'a rule that swallows inserts',
        'create rule nothing as on insert to swallowed do instead nothing',
      ],
      ['rights of an owner taken away', 'revoke insert on revoked from shop'],
    ])('%s has its statement and its service', (name, statement) => {
      const [line] = POSTGRES[name]?.finds ?? [];
      const found = findings.find((each) => linesOf([each])[0] === line);
      expect(found).toMatchObject({ statement, service: 'web' });
    });

    test('every kind', () => {
      expectEveryKind(findings, 'PostgreSQL');
    });
  },
);

test.skipIf(programs === undefined)('nothing changed if nothing did', async () => {
  const server = await LocalPostgres.start(programs ?? '');
  try {
    await server.sql(givenOf(POSTGRES));
    const watch = await postgres.watch(server.place);
    await server.canary("insert into moving (code) values ('another')");
    expect(foundIn(await watch.end(() => 'web'))).toEqual([]);
  } finally {
    await server.dispose();
  }
});
