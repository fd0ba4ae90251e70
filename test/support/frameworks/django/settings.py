import os
from urllib.parse import urlparse

url = urlparse(os.environ['DATABASE_URL'])
SECRET_KEY = 'only for tests'
ALLOWED_HOSTS = ['*']
INSTALLED_APPS = ['shop']
ROOT_URLCONF = 'shop.urls'
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
USE_TZ = True
if url.scheme == 'sqlite':
    DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': url.path}}
else:
    DATABASES = {
        'default': {
            'ENGINE': 'django.db.backends.postgresql',
            'HOST': url.hostname,
            'NAME': url.path[1:],
            'USER': url.username,
            'PASSWORD': url.password,
        }
    }
