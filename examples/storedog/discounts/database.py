"""One connection a thread, opened again after the database was restarted."""

import os
import threading

import psycopg2
import psycopg2.extras

_local = threading.local()


def query(sql, parameters=()):
    try:
        connection, cursor = _execute(sql, parameters)
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        # Nothing was committed yet, so a second try cannot write twice.
        connection, cursor = _execute(sql, parameters)
    rows = cursor.fetchall()
    connection.commit()
    return rows


def _execute(sql, parameters):
    connection = getattr(_local, 'connection', None)
    if connection is None:
        connection = _local.connection = _connect()
    try:
        cursor = connection.cursor()
        cursor.execute(sql, parameters)
        return connection, cursor
    except psycopg2.Error:
        _local.connection = None
        connection.close()
        raise


def _connect():
    return psycopg2.connect(
        host=os.environ.get('POSTGRES_HOST', 'db'),
        dbname=os.environ.get('POSTGRES_DB', 'storedog'),
        user=os.environ.get('POSTGRES_USER', 'storedog'),
        password=os.environ.get('POSTGRES_PASSWORD'),
        connect_timeout=3,
        cursor_factory=psycopg2.extras.RealDictCursor,
    )
