import { createServer } from 'node:http';
import pg from 'pg';
import { boot } from './boot.mjs';
import { read } from './models.mjs';
import { migrate } from './run.mjs';

const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await boot({ migrate: () => migrate(client), client });
await client.end();
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
createServer(async (request, response) => {
  try {
    if (request.method === 'POST')
      await pool.query("INSERT INTO products (name) VALUES ('another')");
    response.end(JSON.stringify((await pool.query(read)).rows));
  } catch (error) {
    process.stderr.write(`${error}\n`);
    response.writeHead(500).end(String(error));
  }
}).listen(8080);
