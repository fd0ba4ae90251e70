import psycopg2
import psycopg2.errors
from flask import Flask, jsonify, request

from database import query

app = Flask(__name__)


@app.get('/discount')
def list_discounts():
    rows = query('SELECT id, name, code, value FROM discount ORDER BY id')
    return jsonify([discount_json(row) for row in rows])


@app.post('/discount')
def create_discount():
    body = request.get_json(silent=True)
    problem = find_problem(body)
    if problem:
        return jsonify(error=problem), 400
    try:
        rows = query(
            'INSERT INTO discount (name, code, value) VALUES (%s, %s, %s)'
            ' RETURNING id, name, code, value',
            (body['name'], body['code'], body['value']),
        )
    except psycopg2.errors.UniqueViolation:
        return jsonify(error='this code exists already'), 409
    return jsonify(discount_json(rows[0])), 201


@app.get('/health')
def health():
    query('SELECT 1')
    return jsonify(status='ok')


@app.errorhandler(psycopg2.OperationalError)
def database_away(error):
    app.logger.error('database: %s', error)
    return jsonify(error='the database does not answer'), 503


def discount_json(row):
    return {
        'id': row['id'],
        'name': row['name'],
        'code': row['code'],
        'value': row['value'],
    }


def find_problem(body):
    if not isinstance(body, dict):
        return 'send a JSON object with name, code and value'
    for field in ('name', 'code'):
        if not isinstance(body.get(field), str) or not body[field]:
            return f'{field} must be a text'
    value = body.get('value')
    if type(value) is not int or not 1 <= value <= 100:
        return 'value must be a whole number from 1 to 100'
    return None
