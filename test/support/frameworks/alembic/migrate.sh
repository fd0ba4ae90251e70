#!/bin/sh
exec flask db upgrade
