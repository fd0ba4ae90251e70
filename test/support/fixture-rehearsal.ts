import type { Finding } from '../../src/database/finding.ts';

/** Something that a boot did to the database `db`. */
export function finding(
  level: Finding['class'],
  kind: string,
  object: string,
  text: string,
): Finding {
  return { class: level, kind, object, text, database: 'db' };
}
