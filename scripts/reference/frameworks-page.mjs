import { cell } from './json-page.mjs';

/**
 * @typedef {{
 *   title: string,
 *   versions: readonly string[],
 *   changes: Record<string, { verdict: string, seconds: number }>,
 * }} Measured
 */

/**
 * What rehearsals said of the changes that people make, by framework.
 * @param {readonly Measured[]} measured
 */
export function frameworksPage(measured) {
  const all = [...measured].sort((left, right) => many(right) - many(left));
  const changes = [...new Set(all.flatMap((each) => Object.keys(each.changes)))];
  const rows = changes.map((change) => [
    change,
    ...all.map((each) => each.changes[change]?.verdict ?? ''),
  ]);
  const versions = all.map(({ title, versions }) => `- ${title}: ${versions.join(', ')}`);
  const seconds = all.flatMap((each) => Object.values(each.changes).map((one) => one.seconds));
  const intro = `# Frameworks

What a [rehearsal](../explanation/rehearsal.md) said of changes that people make, each written as that framework writes it, in a
small app on PostgreSQL with a table of 400,000 rows: the worst class of what it found, \`none\` for what harms nobody, \`fails\` where the
migration itself does. Destructive and contracting changes are refused until somebody allows them. Production was the same
after each: rows, oids, files. Empty: not tried. TypeORM drops a column whose length changes, and makes it again. Django keeps defaults and
enumerations in its code. An Alembic that runs when the app starts does not know what a later release recorded: the stable
would not start again. A run took ${Math.min(...seconds)} to ${Math.max(...seconds)} s on a busy machine with two
cores. Measured by \`test/long/databases/frameworks.test.ts\`.

`;
  const head = ['change', ...all.map(({ title }) => title)];
  const table = [head, head.map(() => '---'), ...rows].map(
    (row) => `| ${row.map(cell).join(' | ')} |`,
  );
  return `${intro}${table.join('\n')}\n\n${versions.join('\n')}\n`;
}

/** @param {Measured} measured */
function many({ changes }) {
  return Object.keys(changes).length;
}
