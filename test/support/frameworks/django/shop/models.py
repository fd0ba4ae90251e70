from django.db import models


class Product(models.Model):
    STATUS = [('draft', 'Draft'), ('active', 'Active'), ('retired', 'Retired')]
    name = models.CharField(max_length=50)
    price = models.IntegerField(default=0)
    note = models.TextField(null=True)
    status = models.CharField(max_length=20, choices=STATUS, default='draft')

    class Meta:
        db_table = 'products'


class Order(models.Model):
    id = models.AutoField(primary_key=True)
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE)
    quantity = models.IntegerField(default=1)

    class Meta:
        db_table = 'orders'


class Visit(models.Model):
    path = models.TextField(null=True)

    class Meta:
        db_table = 'visits'
