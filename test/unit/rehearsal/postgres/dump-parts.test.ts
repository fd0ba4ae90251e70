import { describe, expect, test } from 'vitest';
import { partsOfDump, partsOfGlobals } from '../../../../src/rehearsal/postgres/dump-parts.ts';

const entry = (header: string, text: string) => `--\n-- ${header}\n--\n\n${text}\n\n\n`;

const TABLE = entry(
  'Name: orders; Type: TABLE; Schema: public; Owner: shop',
  `CREATE TABLE public.orders (
    id integer NOT NULL,
    "Odd name" text DEFAULT 'a, b'::text,
    CONSTRAINT positive CHECK ((id > 0))
)
WITH (fillfactor='70');
ALTER TABLE ONLY public.orders ALTER COLUMN "Odd name" SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.orders REPLICA IDENTITY FULL;


ALTER TABLE public.orders OWNER TO shop;`,
);

const keys = (text: string) =>
  partsOfDump(text, 'shop').map(({ key }) => key.filter((each) => each !== 'public').join(' / '));

describe('the parts of a dump', () => {
  test('are columns, constraints, options and owners of a table', () => {
    expect(keys(TABLE)).toEqual([
      'shop / TABLE / orders / persistence',
      'shop / TABLE / orders',
      'shop / TABLE / orders / column id',
      'shop / TABLE / orders / column Odd name',
      'shop / TABLE / orders / constraint positive',
      'shop / TABLE / orders / storage options',
      'shop / TABLE / orders / replica identity',
      'shop / TABLE / orders / owner',
    ]);
  });

  test('do not depend on what differs from dump to dump', () => {
    const framed = `\\restrict abc\nSET lock_timeout = 0;\n${TABLE}--\n-- PostgreSQL database dump complete\n--\n\\unrestrict abc`;
    expect(partsOfDump(framed, 'shop')).toEqual(partsOfDump(TABLE, 'shop'));
  });

  test('do not contain what canary itself has created', () => {
    const own = [
      entry('Name: canary_rehearsal; Type: SCHEMA; Schema: -; Owner: shop', 'CREATE SCHEMA x;'),
      entry(
        'Name: log; Type: TABLE; Schema: canary_rehearsal; Owner: shop',
        'CREATE TABLE x (\n);',
      ),
      entry(
        'Name: orders canary_rehearsal_delete; Type: TRIGGER; Schema: public; Owner: shop',
        'CREATE TRIGGER x;',
      ),
      entry(
        'Name: canary_rehearsal_drop; Type: EVENT TRIGGER; Schema: -; Owner: shop',
        'CREATE EVENT TRIGGER x;',
      ),
    ];
    expect(keys(own.join(''))).toEqual([]);
  });

  test('of an unknown sort are kept whole', () => {
    const parts = partsOfDump(
      entry('Name: ===; Type: OPERATOR; Schema: public; Owner: shop', 'CREATE OPERATOR x (\n);'),
      'shop',
    );
    expect(parts).toEqual([
      {
        key: ['shop', 'OPERATOR', 'public', '==='],
        name: 'operator ===',
        text: 'CREATE OPERATOR x (\n);',
      },
    ]);
  });
});

test('settings of a role are parts of their own', () => {
  const text = `CREATE ROLE clerk;\nALTER ROLE clerk WITH LOGIN;\nALTER ROLE clerk SET search_path TO 'a';\nGRANT "my staff" TO clerk GRANTED BY shop;\nGRANT something else;`;
  expect(partsOfGlobals(text).map(({ key }) => key.join('/'))).toEqual([
    '/ROLE/-/clerk/attributes',
    '/ROLE/-/clerk/attributes',
    '/ROLE/-/clerk/setting search_path',
    '/MEMBERSHIP/-/my staff of clerk',
    '/SERVER/-/GRANT something else;',
  ]);
});
