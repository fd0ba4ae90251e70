#!/bin/sh
set -e
sh migrate.sh
exec sh serve.sh
