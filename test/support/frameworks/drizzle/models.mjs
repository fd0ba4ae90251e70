import { integer, pgEnum, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core';

const status = pgEnum('status', ['draft', 'active', 'retired']);

export const products = pgTable('products', {
  id: serial().primaryKey(),
  name: varchar({ length: 50 }).notNull(),
  price: integer().notNull().default(0),
  note: text(),
  status: status().default('draft'),
});
