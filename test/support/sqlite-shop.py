"""What the stable of a shop keeps in /data; writes to shop/app.db until it is stopped."""
import os
import shutil
import sqlite3
import time

DATA = '/data'


def open_database(path, mode):
    database = sqlite3.connect(f'{DATA}/{path}', isolation_level=None)
    database.execute(f'PRAGMA journal_mode={mode}')
    return database


def shop():
    database = open_database('shop/app.db', 'WAL')
    database.executescript('''
        CREATE TABLE discounts (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, percent INTEGER CHECK (percent < 100));
        CREATE TABLE settings (key TEXT PRIMARY KEY COLLATE NOCASE, value) WITHOUT ROWID;
        CREATE TABLE photos (name VARCHAR(20), content BLOB, size AS (length(content)));
        CREATE TABLE visits (at REAL, "the path" TEXT);
        CREATE INDEX by_percent ON discounts (percent);
        CREATE VIEW cheap AS SELECT * FROM discounts WHERE percent > 50;
        CREATE TRIGGER stamp AFTER DELETE ON settings BEGIN INSERT INTO visits VALUES (0, old.key); END;
        CREATE VIRTUAL TABLE search USING fts5(words);
    ''')
    # Only this program defines this collation and function; other builds of SQLite may lack fts4.
    database.create_collation('reverse', lambda left, right: (left < right) - (left > right))
    database.create_function('fine', 1, lambda value: 1, deterministic=True)
    database.executescript('''
        CREATE TABLE own (id TEXT COLLATE reverse PRIMARY KEY, word TEXT CHECK (fine(word)));
        INSERT INTO own VALUES ('a', 'b'), ('c', 'd');
        CREATE VIRTUAL TABLE old_search USING fts4(words);
        INSERT INTO old_search VALUES ('dog');
    ''')
    for number in range(50):
        database.execute('INSERT INTO discounts (code, percent) VALUES (?, ?)', (f'code-{number}', number))
        database.execute('INSERT INTO photos (name, content) VALUES (?, ?)', (f'photo {number}', os.urandom(500)))
        database.execute('INSERT INTO search VALUES (?)', (f'dog number {number}',))
    database.executemany('INSERT INTO settings VALUES (?, ?)', [('theme', 'dark'), ('limit', 5), ('logo', b'\x00\x01')])
    return database


def crashed():
    """A file that a program left in the middle of a transaction: half of it is in the file, a journal undoes it."""
    database = open_database('crashed.bin', 'DELETE')
    database.execute('PRAGMA cache_size=2')
    database.execute('CREATE TABLE counts (id INTEGER PRIMARY KEY, number INTEGER, filler TEXT)')
    database.executemany('INSERT INTO counts (number, filler) VALUES (1, ?)', [('x' * 500,)] * 300)
    database.execute('BEGIN')
    database.execute('UPDATE counts SET number = 2')
    for name in ('crashed.bin', 'crashed.bin-journal'):
        shutil.copy(f'{DATA}/{name}', f'{DATA}/kept-{name}')
    database.execute('ROLLBACK')
    database.close()
    for name in ('crashed.bin', 'crashed.bin-journal'):
        os.rename(f'{DATA}/kept-{name}', f'{DATA}/{name}')


os.makedirs(f'{DATA}/shop')
os.chown(f'{DATA}/shop', 1000, 1000)
os.chmod(f'{DATA}/shop', 0o750)
database = shop()
os.chown(f'{DATA}/shop/app.db', 1000, 1001)
os.chmod(f'{DATA}/shop/app.db', 0o640)
crashed()
with open(f'{DATA}/upload.sqlite', 'wb') as upload:
    upload.write(os.urandom(30_000_000))
open(f'{DATA}/empty.db', 'w').close()
print('ready')
while True:
    database.execute('INSERT INTO visits VALUES (?, ?)', (time.time(), '/'))
    time.sleep(0.005)
