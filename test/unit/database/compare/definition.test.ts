import { describe, expect, test } from 'vitest';
import type { ComparedDefinition } from '../../../../src/database/definition.ts';
import { partKey } from '../../../../src/database/definition.ts';
import { judged, snapshot, table, told } from '../../../support/fixture-database.ts';

const TABLE = table('a', { parts: [partKey('table', 'a')] });

function parts(texts: Readonly<Record<string, string>>) {
  return new Map(
    Object.entries(texts).map(([key, text]) => [
      partKey(...key.split('/')),
      { name: key.replaceAll('/', ' '), text },
    ]),
  );
}

const findings = (definition: ComparedDefinition, after = snapshot([TABLE])) =>
  told(judged(snapshot([TABLE]), after, { definition }));

const DIFFERS = 'differs in a way that canary has no class for';

describe('what no class explains', () => {
  test('is shown by its lines and refused', () => {
    const [before, after] = [parts({ 'operator/x': 'a\nb' }), parts({ 'operator/x': 'a\nc' })];
    expect(findings({ before, after })).toEqual([
      `unclassified: the definition of operator x ${DIFFERS}: - \`b\`, + \`c\``,
    ]);
  });

  test('shows no values and few lines', () => {
    const before = parts({ x: "password 'one'" });
    expect(findings({ before, after: parts({ x: "password 'two'" }) })).toEqual([
      `unclassified: the definition of x ${DIFFERS}: only in values, which are hidden`,
    ]);
    const many = parts({ x: Array.from({ length: 9 }, (_, at) => `line ${at}`).join('\n') });
    expect(findings({ before: parts({}), after: many })[0]).toContain('`line 3`, and 5 more lines');
  });

  test('can be named by an exception, whatever its name is', () => {
    const found = judged(snapshot([]), snapshot([]), {
      definition: { before: parts({}), after: parts({ 'operator/*?\u001b': 'x' }) },
    });
    expect(found.map(({ object }) => object)).toEqual(['operator ___']);
  });

  test('is nothing where a finding is about it, and all of a dropped table', () => {
    const before = parts({ 'table/a': 'x', 'table/a/column b': 'y', 'table/ab': 'z' });
    const after = parts({ 'table/ab': 'z' });
    expect(findings({ before, after }, snapshot([]))).toEqual([
      'destructive: table a is dropped, with its 5 rows',
    ]);
    expect(findings({ before, after: parts({}) }, snapshot([]))).toContain(
      `unclassified: the definition of table ab ${DIFFERS}: - \`z\``,
    );
  });

  test('is everything if the definition cannot be read', () => {
    expect(findings({ problem: 'pg_dump: error: no' })).toEqual([
      'unclassified: the complete definition of db cannot be compared: pg_dump: error: no',
    ]);
  });
});
