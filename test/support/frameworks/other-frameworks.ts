import type { Framework } from './framework.ts';

const DJANGO_START = ['sh', 'start.sh'];

/** Edits of Django's models and the operations that `makemigrations` writes for them. */
export const django: Framework = {
  title: 'Django',
  folder: 'django',
  packages: ['python3-django'],
  command: DJANGO_START,
  migration: (body) => ({
    'shop/migrations/0002_change.py': `from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

STATUS = [('draft', 'Draft'), ('active', 'Active')]
POSTGRES = [AddIndexConcurrently, ValidateConstraint]


def fill(apps, schema):
    apps.get_model('shop', 'Product').objects.filter(note=None).update(note='none')


def fail(apps, schema):
    raise RuntimeError('half way')


class Migration(migrations.Migration):
    atomic = ${body.includes('Concurrently') ? 'False' : 'True'}
    dependencies = [('shop', '0001_initial')]
    operations = [
        ${body}
    ]
`,
  }),
  changes: {
    'all tables made anew': {
      edits: [
        [
          'start.sh',
          'migrate --no-input',
          'migrate --no-input\npython3 manage.py flush --no-input',
        ],
      ],
      finds: [
        // It restarts their numbers, too.
        'contracting next-number-changed orders',
        'contracting next-number-changed products',
        'contracting next-number-changed visits',
        'destructive table-truncated orders',
        'destructive table-truncated products',
        'destructive table-truncated visits',
      ],
    },
    'column dropped': {
      migration: `migrations.RemoveField('Product', 'note'),`,
      edits: [['shop/models.py', '    note = models.TextField(null=True)\n', '']],
    },
    'column renamed': {
      migration: `migrations.RenameField('Product', 'note', 'remark'),`,
      edits: [['shop/models.py', 'note =', 'remark =']],
    },
    'table renamed': {
      migration: `migrations.AlterModelTable('Order', 'purchases'),`,
      edits: [['shop/models.py', `'orders'`, `'purchases'`]],
    },
    'required column': {
      // A value for the rows that are there, which is not a default of the column.
      migration: `migrations.AddField('Product', 'code', models.TextField(default='c'), preserve_default=False),`,
      edits: [['shop/models.py', '    note = ', '    code = models.TextField()\n    note = ']],
    },
    'nulls refused': {
      migration: `migrations.AlterField('Product', 'note', models.TextField(default='none')),`,
      edits: [
        [
          'shop/models.py',
          'note = models.TextField(null=True)',
          "note = models.TextField(default='none')",
        ],
      ],
    },
    'narrower text': {
      migration: `migrations.AlterField('Product', 'name', models.CharField(max_length=20)),`,
    },
    'default changed': {
      // Only in the code.
      migration: `migrations.AlterField('Product', 'price', models.IntegerField(default=1)),`,
      verdict: 'none',
      finds: [],
    },
    'value of an enumeration removed': {
      // Only in the code.
      migration: `migrations.AlterField('Product', 'status', models.CharField(max_length=20, choices=STATUS, default='draft')),`,
      verdict: 'none',
      finds: [],
    },
    'plain index on a large table': {
      migration: `migrations.AddIndex('Visit', models.Index(fields=['path'], name='visits_path')),`,
    },
    'numbers set back': {
      migration: `migrations.RunSQL("SELECT setval('orders_id_seq', 1)"),`,
    },
    'migration that fails half way': {
      migration: `migrations.RemoveField('Product', 'note'), migrations.RunPython(fail),`,
    },
    'column that may be null': {
      migration: `migrations.AddField('Product', 'colour', models.TextField(null=True)),`,
    },
    'new table': {
      migration: `migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True)), ('name', models.TextField())]),`,
    },
    'numbers as bigint': {
      migration: `migrations.AlterField('Order', 'id', models.BigAutoField(primary_key=True, serialize=False)),`,
    },
    'wider text': {
      migration: `migrations.AlterField('Product', 'name', models.CharField(max_length=100)),`,
    },
    'constraint validated': { migration: `ValidateConstraint('Order', 'positive'),` },
    'nulls filled': { migration: 'migrations.RunPython(fill),' },
    'view with one more column': {
      migration: `migrations.RunSQL('CREATE OR REPLACE VIEW paths AS SELECT id, path FROM visits'),`,
    },
    'index built concurrently': {
      migration: `AddIndexConcurrently('Visit', models.Index(fields=['path'], name='visits_path')),`,
    },
  },
};

export const alembic: Framework = {
  title: 'Alembic with Flask-Migrate',
  folder: 'alembic',
  packages: ['python3-alembic', 'python3-flask-migrate'],
  command: ['sh', 'serve.sh'],
  migrate: ['sh', 'migrate.sh'],
  migration: (body) => ({
    'migrations/versions/002_change.py': `import sqlalchemy as sa
from alembic import op

revision = '002'
down_revision = '001'


def upgrade():
${body
  .split('\n')
  .map((line) => `    ${line.trim()}\n`)
  .join('')}

def downgrade():
    sa.text('')
`,
  }),
  changes: {
    'all tables made anew': {
      edits: [['migrate.sh', 'exec', 'flask db downgrade base\nexec']],
    },
    'column dropped': {
      migration: `op.drop_column('products', 'note')`,
      edits: [['app.py', '    note = db.Column(db.Text)\n', '']],
    },
    'column renamed': {
      migration: `op.alter_column('products', 'note', new_column_name='remark')`,
      edits: [['app.py', 'note =', 'remark =']],
    },
    'table renamed': { migration: `op.rename_table('orders', 'purchases')` },
    'required column': {
      migration: `op.add_column('products', sa.Column('code', sa.Text))
        op.execute("UPDATE products SET code = 'c' || id")
        op.alter_column('products', 'code', nullable=False)`,
    },
    'nulls refused': {
      migration: `op.execute("UPDATE products SET note = 'none' WHERE note IS NULL")
        op.alter_column('products', 'note', nullable=False)`,
    },
    'narrower text': { migration: `op.alter_column('products', 'name', type_=sa.String(20))` },
    'default changed': { migration: `op.alter_column('products', 'price', server_default='1')` },
    'value of an enumeration removed': {
      migration: `op.execute('ALTER TABLE products ALTER status DROP DEFAULT')
        op.execute('ALTER TYPE status RENAME TO old_status')
        sa.Enum('draft', 'active', name='status').create(op.get_bind())
        op.execute('ALTER TABLE products ALTER status TYPE status USING status::text::status')
        op.execute("ALTER TABLE products ALTER status SET DEFAULT 'draft'")
        op.execute('DROP TYPE old_status')`,
    },
    'plain index on a large table': {
      migration: `op.create_index('visits_path', 'visits', ['path'])`,
    },
    'numbers set back': { migration: `op.execute("SELECT setval('orders_id_seq', 1)")` },
    'migration that fails half way': {
      migration: `op.drop_column('products', 'note')
        raise RuntimeError('half way')`,
    },
    'column that may be null': {
      migration: `op.add_column('products', sa.Column('colour', sa.Text))`,
    },
    'new table': {
      migration: `op.create_table('tags', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.Text))`,
    },
    'numbers as bigint': {
      migration: `op.alter_column('orders', 'id', type_=sa.BigInteger)
        op.execute('ALTER SEQUENCE orders_id_seq AS bigint')`,
    },
    'wider text': { migration: `op.alter_column('products', 'name', type_=sa.String(100))` },
    'constraint validated': {
      migration: `op.execute('ALTER TABLE orders VALIDATE CONSTRAINT positive')`,
    },
    'nulls filled': {
      migration: `op.execute("UPDATE products SET note = 'none' WHERE note IS NULL")`,
    },
    'view with one more column': {
      migration: `op.execute('CREATE OR REPLACE VIEW paths AS SELECT id, path FROM visits')`,
    },
    'index built concurrently': {
      migration: `with op.get_context().autocommit_block(): op.create_index('visits_path', 'visits', ['path'], postgresql_concurrently=True)`,
    },
  },
};

/** The same with a start that migrates: once a migration has run that it lacks, its stable cannot start again. */
export const alembicAtStart: Framework = {
  ...alembic,
  title: 'Alembic, run by the app when it starts',
  command: ['sh', 'start.sh'],
  migrate: undefined,
  changes: {
    'nulls filled': {
      ...alembic.changes['nulls filled'],
      verdict: 'contracting',
      finds: ['contracting old-code-fails alembic_version'],
    },
  },
};

export const activerecord: Framework = {
  title: 'ActiveRecord (Rails)',
  folder: 'activerecord',
  packages: ['ruby-activerecord'],
  command: ['ruby', 'app.rb'],
  migration: (body) => ({
    'migrate/20240101000002_change.rb': `class Change < ActiveRecord::Migration[7.0]
${body.includes('concurrently') ? '  disable_ddl_transaction!\n' : ''}
  def up
    ${body}
  end
end
`,
  }),
  changes: {
    'all tables made anew': {
      // `db:schema:load`
      files: {
        'boot.rb': `def boot
  ActiveRecord::Schema[7.0].define(version: 2024_01_01_000001) do
    create_enum :status, %w[draft active retired]
    create_table :products, force: :cascade do |t|
      t.string :name, limit: 50, null: false
      t.integer :price, null: false, default: 0
      t.text :note
      t.enum :status, enum_type: :status, null: false, default: 'draft'
    end
    create_table :orders, id: :serial, force: :cascade do |t|
      t.bigint :product_id
      t.integer :quantity, null: false, default: 1
    end
    create_table(:visits, force: :cascade) { |t| t.text :path }
  end
end
`,
      },
    },
    'column dropped': { migration: 'remove_column :products, :note' },
    'column renamed': { migration: 'rename_column :products, :note, :remark' },
    'table renamed': {
      migration: 'rename_table :orders, :purchases',
      // Its sequence and its key, too.
      finds: [
        'contracting default-changed orders',
        'contracting sequence-renamed orders',
        'contracting table-renamed orders',
        'none constraint-renamed orders',
      ],
    },
    'required column': {
      migration: `add_column :products, :code, :text
    execute "UPDATE products SET code = 'c' || id"
    change_column_null :products, :code, false`,
    },
    'nulls refused': { migration: `change_column_null :products, :note, false, 'none'` },
    'narrower text': {
      migration: 'change_column :products, :name, :string, limit: 20, null: false',
    },
    'default changed': { migration: 'change_column_default :products, :price, 1' },
    'value of an enumeration removed': {
      migration: `change_column_default :products, :status, nil
    rename_enum :status, to: :old_status
    create_enum :status, %w[draft active]
    change_column :products, :status, :status, using: 'status::text::status', default: 'draft'
    drop_enum :old_status`,
    },
    'plain index on a large table': { migration: `add_index :visits, :path, name: 'visits_path'` },
    'numbers set back': { migration: `execute "SELECT setval('orders_id_seq', 1)"` },
    'migration that fails half way': {
      migration: `remove_column :products, :note
    raise 'half way'`,
    },
    'column that may be null': { migration: 'add_column :products, :colour, :text' },
    'new table': { migration: 'create_table(:tags) { |t| t.text :name }' },
    'numbers as bigint': {
      migration: `change_column :orders, :id, :bigint
    execute 'ALTER SEQUENCE orders_id_seq AS bigint'`,
    },
    'wider text': { migration: 'change_column :products, :name, :string, limit: 100' },
    'constraint validated': { migration: `validate_check_constraint :orders, name: 'positive'` },
    'nulls filled': { migration: `execute "UPDATE products SET note = 'none' WHERE note IS NULL"` },
    'view with one more column': {
      migration: `execute 'CREATE OR REPLACE VIEW paths AS SELECT id, path FROM visits'`,
    },
    'index built concurrently': {
      migration: `add_index :visits, :path, name: 'visits_path', algorithm: :concurrently`,
    },
  },
};

export const illuminate: Framework = {
  title: 'Laravel (illuminate/database)',
  folder: 'illuminate',
  packages: ['php-illuminate-database'],
  command: ['sh', 'start.sh'],
  migration: (body) => ({
    'migrations/2024_01_01_000002_change.php': `<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\DB;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration {
    public $withinTransaction = ${!body.includes('CONCURRENTLY')};
    public function up()
    {
        ${body}
    }
};
`,
  }),
  changes: {
    'all tables made anew': {
      // `migrate:fresh`
      files: {
        'boot.php': `<?php
$builder = $capsule->getConnection()->getSchemaBuilder();
$builder->dropAllViews();
$builder->dropAllTables();
`,
      },
    },
    'column dropped': {
      migration: `Schema::table('products', fn (Blueprint $table) => $table->dropColumn('note'));`,
      edits: [['index.php', `'note', `, '']],
    },
    'column renamed': {
      migration: `DB::statement('ALTER TABLE products RENAME COLUMN note TO remark');`,
      edits: [['index.php', `'note'`, `'remark'`]],
    },
    'table renamed': { migration: `Schema::rename('orders', 'purchases');` },
    'required column': {
      migration: `Schema::table('products', fn (Blueprint $table) => $table->text('code')->nullable());
        DB::table('products')->update(['code' => 'c']);
        DB::statement('ALTER TABLE products ALTER code SET NOT NULL');`,
    },
    'default changed': {
      migration: `DB::statement('ALTER TABLE products ALTER price SET DEFAULT 1');`,
    },
    'value of an enumeration removed': {
      migration: `DB::statement("ALTER TABLE products DROP CONSTRAINT products_status_check,
            ADD CONSTRAINT products_status_check CHECK (status::text = ANY (ARRAY['draft', 'active']::text[]))");`,
      finds: ['contracting constraint-changed products'],
    },
    'plain index on a large table': {
      migration: `Schema::table('visits', fn (Blueprint $table) => $table->index('path', 'visits_path'));`,
    },
    'migration that fails half way': {
      migration: `Schema::table('products', fn (Blueprint $table) => $table->dropColumn('note'));
        throw new RuntimeException('half way');`,
    },
    'column that may be null': {
      migration: `Schema::table('products', fn (Blueprint $table) => $table->text('colour')->nullable());`,
    },
    'new table': {
      migration: `Schema::create('tags', function (Blueprint $table) { $table->id(); $table->text('name'); });`,
    },
    'wider text': {
      migration: `DB::statement('ALTER TABLE products ALTER name TYPE varchar(100)');`,
    },
    'nulls filled': {
      migration: `DB::table('products')->whereNull('note')->update(['note' => 'none']);`,
    },
    'index built concurrently': {
      migration: `DB::statement('CREATE INDEX CONCURRENTLY visits_path ON visits (path)');`,
    },
  },
};
