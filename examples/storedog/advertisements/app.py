import psycopg2
from flask import Flask, jsonify

from database import query

app = Flask(__name__)


@app.get('/ads')
def list_advertisements():
    return jsonify(query('SELECT id, name, text, link FROM advertisement ORDER BY id'))


@app.get('/health')
def health():
    query('SELECT 1')
    return jsonify(status='ok')


@app.errorhandler(psycopg2.OperationalError)
def database_away(error):
    app.logger.error('database: %s', error)
    return jsonify(error='the database does not answer'), 503
