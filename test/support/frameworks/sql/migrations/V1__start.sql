CREATE TYPE status AS ENUM ('draft', 'active', 'retired');
CREATE TABLE products (
  id serial PRIMARY KEY,
  name varchar(50) NOT NULL,
  price integer NOT NULL DEFAULT 0,
  note text,
  status status NOT NULL DEFAULT 'draft'
);
CREATE TABLE orders (
  id serial PRIMARY KEY,
  product_id integer REFERENCES products (id),
  quantity integer NOT NULL DEFAULT 1
);
CREATE TABLE visits (id serial PRIMARY KEY, path text);
ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID;
CREATE VIEW paths AS SELECT id FROM visits;
