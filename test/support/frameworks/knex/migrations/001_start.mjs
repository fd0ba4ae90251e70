export async function up(knex) {
  await knex.schema.createTable('products', (table) => {
    table.increments('id');
    table.string('name', 50).notNullable();
    table.integer('price').notNullable().defaultTo(0);
    table.text('note');
    table.enu('status', ['draft', 'active', 'retired']).defaultTo('draft');
  });
  await knex.schema.createTable('orders', (table) => {
    table.increments('id');
    table.integer('product_id').references('products.id');
    table.integer('quantity').notNullable().defaultTo(1);
  });
  await knex.schema.createTable('visits', (table) => {
    table.increments('id');
    table.text('path');
  });
  await knex.raw('ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID');
  await knex.schema.createView('paths', (view) => view.as(knex('visits').select('id')));
}

export async function down(knex) {
  await knex.schema.dropView('paths');
  for (const name of ['visits', 'orders', 'products']) await knex.schema.dropTable(name);
}
