export async function up({ queries, Sequelize: { DataTypes, literal } }) {
  const id = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true };
  await queries.createTable('products', {
    id,
    name: { type: DataTypes.STRING(50), allowNull: false },
    price: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
    note: DataTypes.TEXT,
    status: { type: DataTypes.ENUM('draft', 'active', 'retired'), defaultValue: 'draft' },
  });
  await queries.createTable('orders', {
    id,
    product_id: { type: DataTypes.INTEGER, references: { model: 'products', key: 'id' } },
    quantity: { type: DataTypes.INTEGER, allowNull: false, defaultValue: literal('1') },
  });
  await queries.createTable('visits', { id, path: DataTypes.TEXT });
  await queries.sequelize.query(
    'ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID',
  );
  await queries.sequelize.query('CREATE VIEW paths AS SELECT id FROM visits');
}
