-- Postgres runs this once, when the data volume is still empty.

CREATE TABLE discount (
  id serial PRIMARY KEY,
  name text NOT NULL,
  code text NOT NULL UNIQUE,
  value integer NOT NULL CHECK (value BETWEEN 1 AND 100)
);

CREATE TABLE advertisement (
  id serial PRIMARY KEY,
  name text NOT NULL,
  text text NOT NULL,
  link text NOT NULL
);

INSERT INTO discount (name, code, value) VALUES
  ('Big dogs', 'BIGDOG', 20),
  ('First order', 'HELLOPUP', 10),
  ('Free nail trim', 'PAWS', 15);

INSERT INTO advertisement (name, text, link) VALUES
  ('Winter coats', 'Warm coats for short legs', '/coats'),
  ('Puppy school', 'Puppy school starts on Monday', '/school'),
  ('Cat corner', 'We like cats too', '/cats');
