#!/bin/sh
set -e
php migrate.php
exec php -S 0.0.0.0:8080 index.php
