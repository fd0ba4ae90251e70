import os

bind = '0.0.0.0:5002'
worker_class = 'gthread'
workers = int(os.environ.get('WEB_CONCURRENCY') or 2)
threads = 8
# Longer than a load balancer keeps an idle connection, so that it never writes to a closed one.
keepalive = 75
graceful_timeout = 8
# The heartbeat file lives in memory: on a busy disk it would block the workers.
worker_tmp_dir = '/dev/shm'
