import sqlalchemy as sa
from alembic import op

revision = '001'
down_revision = None


def upgrade():
    op.create_table(
        'products',
        sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('name', sa.String(50), nullable=False),
        sa.Column('price', sa.Integer, nullable=False, server_default='0'),
        sa.Column('note', sa.Text),
        sa.Column('status', sa.Enum('draft', 'active', 'retired', name='status'), server_default='draft'),
    )
    op.create_table(
        'orders',
        sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('product_id', sa.Integer, sa.ForeignKey('products.id')),
        sa.Column('quantity', sa.Integer, nullable=False, server_default='1'),
    )
    op.create_table(
        'visits', sa.Column('id', sa.Integer, primary_key=True), sa.Column('path', sa.Text)
    )
    op.execute('ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID')
    op.execute('CREATE VIEW paths AS SELECT id FROM visits')


def downgrade():
    op.execute('DROP VIEW paths')
    for name in ['visits', 'orders', 'products']:
        op.drop_table(name)
    op.execute('DROP TYPE status')
