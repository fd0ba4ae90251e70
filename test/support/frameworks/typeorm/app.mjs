import { createServer } from 'node:http';
import { boot } from './boot.mjs';
import { Product, source } from './models.mjs';

await source.initialize();
await boot({ migrate: () => source.runMigrations(), source });
const products = source.getRepository(Product);
createServer(async (request, response) => {
  try {
    if (request.method === 'POST') await products.save({ name: 'another' });
    response.end(JSON.stringify(await products.find({ order: { id: 'ASC' }, take: 5 })));
  } catch (error) {
    process.stderr.write(`${error}\n`);
    response.writeHead(500).end(String(error));
  }
}).listen(8080);
