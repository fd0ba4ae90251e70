import type { Framework } from './framework.ts';
import { drizzle, knex, sequelize, sql, typeorm } from './node-frameworks.ts';
import { activerecord, alembic, alembicAtStart, django, illuminate } from './other-frameworks.ts';

export const FRAMEWORKS: readonly Framework[] = [
  sequelize,
  typeorm,
  knex,
  drizzle,
  sql,
  django,
  alembic,
  alembicAtStart,
  activerecord,
  illuminate,
];
