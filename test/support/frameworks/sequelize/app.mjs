import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Sequelize } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';
import { boot } from './boot.mjs';
import { Product, sequelize } from './models.mjs';

const context = { queries: sequelize.getQueryInterface(), Sequelize };

async function migrate() {
  const names = (await readdir('migrations')).sort();
  const migrations = names.map((name) => ({
    name,
    up: async () => (await import(`./migrations/${name}`)).up(context),
  }));
  await new Umzug({ migrations, storage: new SequelizeStorage({ sequelize }) }).up();
}

await boot({ migrate, sequelize });
createServer(async (request, response) => {
  try {
    if (request.method === 'POST') await Product.create({ name: 'another' });
    response.end(JSON.stringify(await Product.findAll({ order: ['id'], limit: 5 })));
  } catch (error) {
    process.stderr.write(`${error}\n`);
    response.writeHead(500).end(String(error));
  }
}).listen(8080);
