import { partKey } from '../../database/definition.ts';
import type { DatabaseObject } from '../../database/snapshot.ts';
import type { Naming } from './cursor.ts';
import type { SequenceRow, ServerFact } from './server-facts.ts';

interface Known {
  naming: Naming;
  /** The id of a table. */
  idOf: (schema: string, table: string) => string | undefined;
}

/** Accounts, settings, sequences and how tables are kept, as objects. */
export function serverObjects(
  facts: readonly ServerFact[],
  sequences: readonly SequenceRow[],
  { naming, idOf }: Known,
): DatabaseObject[] {
  const partitions = new Map<string, string[]>();
  const objects = facts.flatMap((fact): DatabaseObject[] => {
    switch (fact.is) {
      case 'options': {
        const table = idOf(fact.schema, fact.table);
        const name = naming(fact.schema, fact.table);
        if (table === undefined) return [];
        const part = partKey('table', name, 'options');
        const options = belongs('table options', name, fact.definition, table, [part]);
        // InnoDB never gives a number that is in use.
        return fact.next === null
          ? [options]
          : [options, belongs('next number', name, `${fact.next}\n1\n0`, table, [])];
      }
      case 'partition': {
        const key = JSON.stringify([fact.schema, fact.table]);
        partitions.set(key, [...(partitions.get(key) ?? []), `${fact.name} ${fact.definition}`]);
        return [];
      }
      case 'account': {
        const role = `role ${fact.name}`;
        return [
          {
            ...plain('role', fact.name, fact.definition, role),
            parts: [partKey('account', fact.name)],
          },
          belongs('password', fact.name, fact.password, role, []),
        ];
      }
      case 'membership': {
        const name = `${fact.role} of ${fact.account}`;
        const parts = [partKey('account', fact.account, `role ${bare(fact.role)}`)];
        return [{ ...plain('membership', name, fact.definition), parts }];
      }
      case 'variable':
        return [plain('setting', fact.name, fact.value)];
      default:
        return [];
    }
  });
  return [
    ...objects,
    ...[...partitions].flatMap(([key, lines]) => {
      const [schema, table] = JSON.parse(key) as [string, string];
      const id = idOf(schema, table);
      const name = naming(schema, table);
      const parts = [partKey('table', name, 'partitions')];
      return id === undefined ? [] : [belongs('partitions', name, lines.join('\n'), id, parts)];
    }),
    ...sequences.flatMap(({ schema, name, definition, next, step }) => {
      const id = naming(schema, name);
      return [
        {
          ...plain('sequence', id, definition, `sequence ${id}`),
          parts: [partKey('sequence', id)],
        },
        belongs('next number', id, `${next}\n${step}\n`, `sequence ${id}`, []),
      ];
    }),
  ];
}

function plain(
  kind: DatabaseObject['kind'],
  name: string,
  definition: string,
  id = `${kind} ${name}`,
): DatabaseObject {
  return { id, kind, name, definition };
}

function belongs(
  kind: DatabaseObject['kind'],
  of: string,
  definition: string,
  table: string,
  parts: readonly string[],
): DatabaseObject {
  return { ...plain(kind, '', definition, `${kind} ${of}`), table, parts };
}

/** A role as `SHOW GRANTS` names it, without quotes and without the host of all. */
function bare(role: string): string {
  return role.replace(/^'(.*)'@'.*'$/, '$1');
}
