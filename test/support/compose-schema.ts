import { existsSync, readFileSync } from 'node:fs';

const PLUGINS = [
  `${process.env.HOME}/.docker/cli-plugins`,
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

/** The fields of a service in the Compose Specification's own schema, as the installed Compose contains it. */
export function schemaFields(): string[] {
  const plugin = PLUGINS.map((folder) => `${folder}/docker-compose`).find(existsSync);
  if (!plugin) throw new Error(`no docker-compose in ${PLUGINS.join(', ')}`);
  const program = readFileSync(plugin);
  const from = program.lastIndexOf('{', program.indexOf('compose_spec.json",'));
  const to = program.indexOf('\n}\n', from) + 2;
  const schema = JSON.parse(program.toString('utf8', from, to));
  return Object.keys((schema.definitions ?? schema.$defs).service.properties);
}
