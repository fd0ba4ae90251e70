#!/bin/sh
set -e
python3 manage.py migrate --no-input
exec python3 manage.py runserver --noreload 0.0.0.0:8080
