from django.db import migrations, models

STATUS = [('draft', 'Draft'), ('active', 'Active'), ('retired', 'Retired')]
BIG = ('id', models.BigAutoField(primary_key=True, serialize=False))


def postgres(schema):
    return schema.connection.vendor == 'postgresql'


def more(apps, schema):
    if postgres(schema):
        schema.execute('ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID')
    schema.execute('CREATE VIEW paths AS SELECT id FROM visits')


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            'Product',
            [
                BIG,
                ('name', models.CharField(max_length=50)),
                ('price', models.IntegerField(default=0)),
                ('note', models.TextField(null=True)),
                ('status', models.CharField(max_length=20, choices=STATUS, default='draft')),
            ],
            options={'db_table': 'products'},
        ),
        migrations.CreateModel(
            'Order',
            [
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('product', models.ForeignKey('shop.Product', models.CASCADE, null=True)),
                ('quantity', models.IntegerField(default=1)),
            ],
            options={'db_table': 'orders'},
        ),
        migrations.CreateModel(
            'Visit', [BIG, ('path', models.TextField(null=True))], options={'db_table': 'visits'}
        ),
        migrations.RunPython(more),
    ]
