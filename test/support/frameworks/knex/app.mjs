import { createServer } from 'node:http';
import makeKnex from 'knex';
import { boot } from './boot.mjs';
import { columns } from './models.mjs';

const knex = makeKnex({
  client: 'pg',
  connection: process.env.DATABASE_URL,
  migrations: { directory: './migrations', loadExtensions: ['.mjs'] },
});

if (process.argv[2] === 'migrate') {
  await boot({ migrate: () => knex.migrate.latest(), knex });
  await knex.destroy();
} else {
  createServer(async (request, response) => {
    try {
      if (request.method === 'POST') await knex('products').insert({ name: 'another' });
      response.end(JSON.stringify(await knex('products').select(columns).orderBy('id').limit(5)));
    } catch (error) {
      process.stderr.write(`${error}\n`);
      response.writeHead(500).end(String(error));
    }
  }).listen(8080);
}
