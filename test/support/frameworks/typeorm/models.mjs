import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';

const id = { type: Number, primary: true, generated: true };

export const Product = new EntitySchema({
  name: 'Product',
  tableName: 'products',
  columns: {
    id,
    name: { type: 'varchar', length: 50 },
    price: { type: Number, default: 0 },
    note: { type: 'text', nullable: true },
    status: { type: 'enum', enum: ['draft', 'active', 'retired'], default: 'draft' },
  },
});
const Order = new EntitySchema({
  name: 'Order',
  tableName: 'orders',
  columns: { id, quantity: { type: Number, default: 1 } },
  relations: {
    product: { type: 'many-to-one', target: 'Product', joinColumn: { name: 'product_id' } },
  },
});
const Visit = new EntitySchema({
  name: 'Visit',
  tableName: 'visits',
  columns: { id, path: { type: 'text', nullable: true } },
});

export const source = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [Product, Order, Visit],
  migrations: ['migrations/*.mjs'],
});
