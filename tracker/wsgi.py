import os

from django.core.wsgi import get_wsgi_application

from tracker.webserver import Turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
application = Turns(get_wsgi_application())
