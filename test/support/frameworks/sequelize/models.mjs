import { DataTypes, Sequelize } from 'sequelize';

export const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });

const plain = { timestamps: false };

export const Product = sequelize.define(
  'Product',
  {
    name: { type: DataTypes.STRING(50), allowNull: false },
    price: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
    note: DataTypes.TEXT,
    status: { type: DataTypes.ENUM('draft', 'active', 'retired'), defaultValue: 'draft' },
  },
  { ...plain, tableName: 'products' },
);
sequelize.define(
  'Order',
  { product_id: DataTypes.INTEGER, quantity: DataTypes.INTEGER },
  { ...plain, tableName: 'orders' },
);
sequelize.define('Visit', { path: DataTypes.TEXT }, { ...plain, tableName: 'visits' });
