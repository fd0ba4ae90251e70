import os

from flask import Flask, jsonify, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config['SQLALCHEMY_DATABASE_URI'] = os.environ['DATABASE_URL'].replace('postgres:', 'postgresql:')
db = SQLAlchemy(app)
Migrate(app, db)


class Product(db.Model):
    __tablename__ = 'products'
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50), nullable=False)
    price = db.Column(db.Integer, nullable=False, server_default='0')
    note = db.Column(db.Text)
    status = db.Column(db.Enum('draft', 'active', 'retired', name='status'), server_default='draft')


class Order(db.Model):
    __tablename__ = 'orders'
    id = db.Column(db.Integer, primary_key=True)
    product_id = db.Column(db.ForeignKey('products.id'))
    quantity = db.Column(db.Integer, nullable=False, server_default='1')


class Visit(db.Model):
    __tablename__ = 'visits'
    id = db.Column(db.Integer, primary_key=True)
    path = db.Column(db.Text)


@app.route('/', methods=['GET', 'POST'])
def index():
    if request.method == 'POST':
        db.session.add(Product(name='another'))
        db.session.commit()
    found = Product.query.order_by(Product.id).limit(5)
    return jsonify([each.name for each in found])
