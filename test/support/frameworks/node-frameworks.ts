import { readFileSync } from 'node:fs';
import type { Framework, Work } from './framework.ts';

/** In plain SQL, as many migrations are. */
const NUMBERS = `ALTER TABLE orders ALTER COLUMN id TYPE bigint; ALTER SEQUENCE orders_id_seq AS bigint`;
const SET_BACK = `SELECT setval('orders_id_seq', 1)`;
const VALIDATE = 'ALTER TABLE orders VALIDATE CONSTRAINT positive';
const VIEW = 'CREATE OR REPLACE VIEW paths AS SELECT id, path FROM visits';
const FILL = `UPDATE products SET note = 'none' WHERE note IS NULL`;
const CONCURRENTLY = 'CREATE INDEX CONCURRENTLY visits_path ON visits (path)';

const NOTE_RENAMED = (path: string, to: string): NonNullable<Work['edits']> => [[path, 'note', to]];

export const sequelize: Framework = {
  title: 'Sequelize with Umzug',
  folder: 'sequelize',
  packages: ['sequelize', 'umzug'],
  command: ['node', 'app.mjs'],
  migration: (body) => ({
    'migrations/002-change.mjs': `export async function up({ queries, Sequelize: { DataTypes } }) {\n${body}\n}\n`,
  }),
  changes: {
    'all tables made anew': {
      files: {
        'boot.mjs': 'export const boot = ({ sequelize }) => sequelize.sync({ force: true });\n',
      },
    },
    'column dropped': {
      migration: `await queries.removeColumn('products', 'note');`,
      edits: [['models.mjs', '    note: DataTypes.TEXT,\n', '']],
    },
    'column renamed': {
      migration: `await queries.renameColumn('products', 'note', 'remark');`,
      edits: NOTE_RENAMED('models.mjs', 'remark'),
    },
    'table renamed': { migration: `await queries.renameTable('orders', 'purchases');` },
    'required column': {
      migration: `await queries.addColumn('products', 'code', DataTypes.TEXT);
        await queries.sequelize.query("UPDATE products SET code = 'c' || id");
        await queries.changeColumn('products', 'code', { type: DataTypes.TEXT, allowNull: false });`,
    },
    'nulls refused': {
      migration: `await queries.bulkUpdate('products', { note: 'none' }, { note: null });
        await queries.changeColumn('products', 'note', { type: DataTypes.TEXT, allowNull: false });`,
    },
    'narrower text': {
      migration: `await queries.changeColumn('products', 'name', { type: DataTypes.STRING(20) });`,
    },
    'default changed': {
      migration: `await queries.changeColumn('products', 'price', { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 });`,
    },
    'value of an enumeration removed': {
      migration: `await queries.sequelize.query(\`ALTER TABLE products ALTER COLUMN status DROP DEFAULT;
        ALTER TYPE enum_products_status RENAME TO old_status;
        CREATE TYPE enum_products_status AS ENUM ('draft', 'active');
        ALTER TABLE products ALTER COLUMN status TYPE enum_products_status USING status::text::enum_products_status;
        ALTER TABLE products ALTER COLUMN status SET DEFAULT 'draft';
        DROP TYPE old_status\`);`,
    },
    'plain index on a large table': {
      migration: `await queries.addIndex('visits', ['path'], { name: 'visits_path' });`,
    },
    'numbers set back': { migration: `await queries.sequelize.query("${SET_BACK}");` },
    'migration that fails half way': {
      migration: `await queries.removeColumn('products', 'note');
        throw new Error('half way');`,
    },
    'column that may be null': {
      migration: `await queries.addColumn('products', 'colour', DataTypes.TEXT);`,
    },
    'new table': {
      migration: `await queries.createTable('tags', { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, name: DataTypes.TEXT });`,
    },
    'numbers as bigint': { migration: `await queries.sequelize.query("${NUMBERS}");` },
    'wider text': {
      migration: `await queries.changeColumn('products', 'name', { type: DataTypes.STRING(100), allowNull: false });`,
    },
    'constraint validated': { migration: `await queries.sequelize.query("${VALIDATE}");` },
    'nulls filled': {
      migration: `await queries.bulkUpdate('products', { note: 'none' }, { note: null });`,
    },
    'view with one more column': { migration: `await queries.sequelize.query("${VIEW}");` },
    'index built concurrently': {
      migration: `await queries.addIndex('visits', ['path'], { name: 'visits_path', concurrently: true });`,
    },
  },
};

export const typeorm: Framework = {
  title: 'TypeORM',
  folder: 'typeorm',
  packages: ['typeorm'],
  command: ['node', 'app.mjs'],
  migration: (body) => ({
    'migrations/1700000000002-change.mjs': `import { TableColumn, TableIndex, Table } from 'typeorm';

export class Change1700000000002 {
  async up(runner) {
    ${body}
    return [TableColumn, TableIndex, Table];
  }
  async down() {}
}
`,
  }),
  changes: {
    'all tables made anew': {
      files: {
        'boot.mjs': 'export const boot = ({ source }) => source.synchronize(true);\n',
      },
    },
    'column dropped': {
      migration: `await runner.dropColumn('products', 'note');`,
      edits: [['models.mjs', `    note: { type: 'text', nullable: true },\n`, '']],
    },
    'column renamed': {
      migration: `await runner.renameColumn('products', 'note', 'remark');`,
      edits: NOTE_RENAMED('models.mjs', 'remark'),
    },
    'table renamed': {
      migration: `await runner.renameTable('orders', 'purchases');`,
      // Its sequence, too.
      finds: [
        'contracting default-changed orders',
        'contracting sequence-renamed orders',
        'contracting table-renamed orders',
      ],
    },
    'required column': {
      migration: `await runner.query('ALTER TABLE products ADD code text');
        await runner.query("UPDATE products SET code = 'c' || id");
        await runner.query('ALTER TABLE products ALTER code SET NOT NULL');`,
    },
    'narrower text': {
      // It drops the column and makes it again.
      migration: `await runner.changeColumn('products', 'name', new TableColumn({ name: 'name', type: 'varchar', length: '20', isNullable: true }));`,
      verdict: 'destructive',
      finds: ['destructive column-recreated products'],
    },
    'default changed': {
      migration: `await runner.changeColumn('products', 'price', new TableColumn({ name: 'price', type: 'integer', default: 1 }));`,
    },
    'value of an enumeration removed': {
      migration: `await runner.changeColumn('products', 'status', new TableColumn({ name: 'status', type: 'enum', enum: ['draft', 'active'], enumName: 'products_status_enum', default: "'draft'" }));`,
    },
    'plain index on a large table': {
      migration: `await runner.createIndex('visits', new TableIndex({ name: 'visits_path', columnNames: ['path'] }));`,
    },
    'migration that fails half way': {
      migration: `await runner.dropColumn('products', 'note');
        throw new Error('half way');`,
    },
    'column that may be null': {
      migration: `await runner.addColumn('products', new TableColumn({ name: 'colour', type: 'text', isNullable: true }));`,
    },
    'new table': {
      migration: `await runner.createTable(new Table({ name: 'tags', columns: [{ name: 'id', type: 'serial', isPrimary: true }, { name: 'name', type: 'text' }] }));`,
    },
    'numbers as bigint': { migration: `await runner.query("${NUMBERS}");` },
    'wider text': {
      migration: `await runner.changeColumn('products', 'name', new TableColumn({ name: 'name', type: 'varchar', length: '100', isNullable: true }));`,
      verdict: 'destructive',
      finds: ['destructive column-recreated products'],
    },
    'constraint validated': { migration: `await runner.query('${VALIDATE}');` },
    'nulls filled': { migration: `await runner.query("${FILL}");` },
    'view with one more column': { migration: `await runner.query('${VIEW}');` },
  },
};

export const knex: Framework = {
  title: 'Knex',
  folder: 'knex',
  packages: ['knex'],
  command: ['node', 'app.mjs'],
  // Its stable cannot migrate any more once a migration has run that it does not have.
  migrate: ['node', 'app.mjs', 'migrate'],
  migration: (body) => ({
    'migrations/002_change.mjs': `export const config = { transaction: ${!body.includes('CONCURRENTLY')} };
export async function up(knex) {
  ${body}
}
export async function down() {}
`,
  }),
  changes: {
    'all tables made anew': {
      files: {
        'boot.mjs': `export async function boot({ migrate, knex }) {
  await knex.migrate.rollback({}, true);
  await migrate();
}
`,
      },
    },
    'column dropped': {
      migration: `await knex.schema.alterTable('products', (table) => table.dropColumn('note'));`,
      edits: [['models.mjs', `'note', `, '']],
    },
    'column renamed': {
      migration: `await knex.schema.alterTable('products', (table) => table.renameColumn('note', 'remark'));`,
      edits: NOTE_RENAMED('models.mjs', 'remark'),
    },
    'table renamed': { migration: `await knex.schema.renameTable('orders', 'purchases');` },
    'required column': {
      migration: `await knex.schema.alterTable('products', (table) => { table.text('code'); });
        await knex('products').update({ code: 'c' });
        await knex.schema.alterTable('products', (table) => { table.dropNullable('code'); });`,
    },
    'nulls refused': {
      migration: `await knex('products').whereNull('note').update({ note: 'none' });
        await knex.schema.alterTable('products', (table) => { table.dropNullable('note'); });`,
    },
    'narrower text': {
      migration: `await knex.schema.alterTable('products', (table) => { table.string('name', 20).notNullable().alter(); });`,
    },
    'default changed': {
      migration: `await knex.schema.alterTable('products', (table) => { table.integer('price').notNullable().defaultTo(1).alter(); });`,
    },
    'value of an enumeration removed': {
      // A check of a text.
      migration: `await knex.raw(\`ALTER TABLE products DROP CONSTRAINT products_status_check,
        ADD CONSTRAINT products_status_check CHECK (status = ANY (ARRAY['draft'::text, 'active'::text]))\`);`,
      finds: ['contracting constraint-changed products'],
    },
    'plain index on a large table': {
      migration: `await knex.schema.alterTable('visits', (table) => table.index('path', 'visits_path'));`,
    },
    'numbers set back': { migration: `await knex.raw("${SET_BACK}");` },
    'migration that fails half way': {
      migration: `await knex.schema.alterTable('products', (table) => table.dropColumn('note'));
        throw new Error('half way');`,
    },
    'column that may be null': {
      migration: `await knex.schema.alterTable('products', (table) => { table.text('colour'); });`,
    },
    'new table': {
      migration: `await knex.schema.createTable('tags', (table) => { table.increments('id'); table.text('name'); });`,
    },
    'numbers as bigint': { migration: `await knex.raw("${NUMBERS}");` },
    'wider text': {
      migration: `await knex.schema.alterTable('products', (table) => { table.string('name', 100).notNullable().alter(); });`,
    },
    'constraint validated': { migration: `await knex.raw('${VALIDATE}');` },
    'nulls filled': {
      migration: `await knex('products').whereNull('note').update({ note: 'none' });`,
    },
    'view with one more column': { migration: `await knex.raw('${VIEW}');` },
    'index built concurrently': { migration: `await knex.raw('${CONCURRENTLY}');` },
  },
};

const JOURNAL = JSON.parse(
  readFileSync(new URL('drizzle/migrations/meta/_journal.json', import.meta.url), 'utf8'),
);

export const drizzle: Framework = {
  title: 'Drizzle',
  folder: 'drizzle',
  packages: ['drizzle-orm'],
  command: ['node', 'app.mjs'],
  migration: (body) => ({
    'migrations/0001_change.sql': `${body.split(/;\s*/).filter(Boolean).join(';\n--> statement-breakpoint\n')};\n`,
    'migrations/meta/_journal.json': JSON.stringify({
      ...JOURNAL,
      entries: [
        ...JOURNAL.entries,
        { idx: 1, version: '7', when: 1_700_000_100_000, tag: '0001_change', breakpoints: true },
      ],
    }),
  }),
  changes: {
    'column renamed': {
      migration: 'ALTER TABLE "products" RENAME COLUMN "note" TO "remark"',
      edits: NOTE_RENAMED('models.mjs', 'remark'),
    },
    'value of an enumeration removed': {
      // As its generator writes it.
      migration: `ALTER TABLE "products" ALTER COLUMN "status" SET DATA TYPE text;
        ALTER TABLE "products" ALTER COLUMN "status" SET DEFAULT 'draft'::text;
        DROP TYPE "status";
        CREATE TYPE "status" AS ENUM('draft', 'active');
        ALTER TABLE "products" ALTER COLUMN "status" SET DEFAULT 'draft'::"status";
        ALTER TABLE "products" ALTER COLUMN "status" SET DATA TYPE "status" USING "status"::"status"`,
    },
    'default changed': { migration: 'ALTER TABLE "products" ALTER COLUMN "price" SET DEFAULT 1' },
    'migration that fails half way': {
      migration: 'ALTER TABLE "products" DROP COLUMN "note"; SELECT half_way()',
    },
    'column that may be null': { migration: 'ALTER TABLE "products" ADD COLUMN "colour" text' },
    'nulls filled': { migration: FILL },
    'wider text': {
      migration: 'ALTER TABLE "products" ALTER COLUMN "name" SET DATA TYPE varchar(100)',
    },
  },
};

export const sql: Framework = {
  title: 'SQL files, as of Flyway',
  folder: 'sql',
  packages: ['pg'],
  command: ['node', 'app.mjs'],
  migration: (body) => ({
    'migrations/V2__change.sql': `${body.includes('CONCURRENTLY') ? '-- executeInTransaction=false\n' : ''}${body};\n`,
  }),
  changes: {
    'all tables made anew': {
      files: {
        'boot.mjs': `/** Clean, then migrate. */
export async function boot({ migrate, client }) {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await migrate();
}
`,
      },
    },
    'column dropped': {
      migration: 'ALTER TABLE products DROP COLUMN note',
      edits: [['models.mjs', 'note, ', '']],
    },
    'column renamed': {
      migration: 'ALTER TABLE products RENAME COLUMN note TO remark',
      edits: NOTE_RENAMED('models.mjs', 'remark'),
    },
    'table renamed': { migration: 'ALTER TABLE orders RENAME TO purchases' },
    'nulls refused': { migration: `${FILL}; ALTER TABLE products ALTER note SET NOT NULL` },
    'narrower text': { migration: 'ALTER TABLE products ALTER name TYPE varchar(20)' },
    'plain index on a large table': { migration: 'CREATE INDEX visits_path ON visits (path)' },
    'numbers set back': { migration: SET_BACK },
    'migration that fails half way': {
      migration: 'ALTER TABLE products DROP COLUMN note; SELECT half_way()',
    },
    'column that may be null': { migration: 'ALTER TABLE products ADD colour text' },
    'numbers as bigint': { migration: NUMBERS },
    'constraint validated': { migration: VALIDATE },
    'nulls filled': { migration: FILL },
    'view with one more column': { migration: VIEW },
    'index built concurrently': { migration: CONCURRENTLY },
  },
};
