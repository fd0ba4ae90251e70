export class Start1700000000001 {
  async up(runner) {
    await runner.query(`CREATE TYPE products_status_enum AS ENUM ('draft', 'active', 'retired')`);
    await runner.query(`CREATE TABLE products (id SERIAL PRIMARY KEY, name character varying(50) NOT NULL,
      price integer NOT NULL DEFAULT 0, note text, status products_status_enum NOT NULL DEFAULT 'draft')`);
    await runner.query(`CREATE TABLE orders (id SERIAL PRIMARY KEY, quantity integer NOT NULL DEFAULT 1,
      product_id integer REFERENCES products (id))`);
    await runner.query('CREATE TABLE visits (id SERIAL PRIMARY KEY, path text)');
    await runner.query('ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID');
    await runner.query('CREATE VIEW paths AS SELECT id FROM visits');
  }
  async down() {}
}
