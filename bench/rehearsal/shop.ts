import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsalShop } from '../../test/support/rehearsal-shop.ts';
import type { Storedog } from '../../test/support/storedog.ts';

/** What the load requests: reads one row by its key, and adds one row. */
const ROUTES = `

@app.get('/orders/<int:number>')
def read_order(number):
    rows = query('SELECT id, customer, amount FROM orders WHERE id = %s', (number,))
    return jsonify([dict(row) for row in rows])


@app.post('/orders')
def add_order():
    rows = query(
        'INSERT INTO orders (customer, product, amount, note) VALUES (%s, %s, %s, %s) RETURNING id',
        (1, 1, 1, 'from the load'),
    )
    return jsonify(dict(rows[0])), 201
`;

const TABLES = ['orders', 'payments', 'visits', 'messages'];
/** Rows of each table that make a gigabyte together, indexes included. */
const ROWS = 850_000;

/** A Storedog whose canary boots without changing its database, which is filled to a gigabyte or a part of it. */
export async function filledShop(root: string, part: number): Promise<RehearsalShop> {
  const app = await readFile(join(root, 'examples/storedog/discounts/app.py'), 'utf8');
  const rehearsal = await RehearsalShop.create(undefined, { 'discounts/app.py': app + ROUTES });
  try {
    const { shop } = rehearsal;
    const yaml = await shop.read('canary.yaml');
    // With the default settings.
    await shop.write('canary.yaml', yaml.replace('database: { settle: 500ms }\n', ''));
    for (const table of TABLES) await shop.sql(tableOf(table, Math.round(ROWS * part)));
    await shop.sql('vacuum analyze');
    await shop.sql('checkpoint');
    return rehearsal;
  } catch (error) {
    await rehearsal.dispose();
    throw error;
  }
}

function tableOf(name: string, rows: number): string {
  return `
    create table ${name} (id bigserial primary key, customer int not null, product int not null,
      amount numeric(10, 2) not null, at timestamptz not null default now(), note text not null);
    insert into ${name} (customer, product, amount, at, note)
      select i % 50000, i % 997, i % 10000 / 100.0, timestamptz '2024-01-01' + i * interval '20 seconds',
        md5(i::text) || md5((i + 1)::text) || md5((i + 2)::text) || md5((i + 3)::text)
      from generate_series(1, ${rows}) i;
    create index on ${name} (customer, at);
    create index on ${name} (product);
    create index on ${name} (at);`;
}

/** Bytes of the shop's database as the server reports them. */
export async function databaseSize(shop: Storedog): Promise<number> {
  return Number(await shop.sql('select pg_database_size(current_database())'));
}

/** The URL of the stable's discounts. */
export async function serviceUrl(shop: Storedog): Promise<string> {
  const port = (await shop.compose('port', 'discounts', '5001')).trim().replace(/.*:/, '');
  return `http://127.0.0.1:${port}`;
}
