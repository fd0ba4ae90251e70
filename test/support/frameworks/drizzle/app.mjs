import { createServer } from 'node:http';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { boot } from './boot.mjs';
import { products } from './models.mjs';

const database = drizzle(process.env.DATABASE_URL);
await boot({ migrate: () => migrate(database, { migrationsFolder: 'migrations' }), database });
createServer(async (request, response) => {
  try {
    if (request.method === 'POST') await database.insert(products).values({ name: 'another' });
    response.end(JSON.stringify(await database.select().from(products).limit(5)));
  } catch (error) {
    process.stderr.write(`${error} ${error.cause}\n`);
    response.writeHead(500).end(String(error));
  }
}).listen(8080);
