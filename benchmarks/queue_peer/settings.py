"""The queue as an open-source export service publishes it, or set to be faster; QUEUE_VARIANT says which.

https://github.com/fylein/fyle-qbo-api/blob/master/fyle_qbo_api/settings.py (Q_CLUSTER)
"""

import os

SECRET_KEY = "guards nothing"  # noqa: S105  nobody logs in here
INSTALLED_APPS = ["django.contrib.contenttypes", "django_q", "benchmarks.queue_peer"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "bench",
        "HOST": os.environ.get("QUEUE_SOCKET_FOLDER", ""),
    }
}
LOGGING_CONFIG = None
Q_CLUSTER = {
    "name": "peer",
    "orm": "default",
    "workers": 4,
    "queue_limit": 10,
    "save_limit": 100_000,
    "cached": False,
    "catch_up": False,
    "ack_failures": True,
    "recycle": 50,
    "max_rss": 100_000,
    "retry": 2_592_000,
    "timeout": 86_400,
    "log_level": "ERROR",
    "poll": 5,
}
if os.environ.get("QUEUE_VARIANT") != "published":
    # The library's own pause between looks, workers that stay longer, and a longer queue in memory.
    Q_CLUSTER |= {"poll": 0.2, "recycle": 500, "queue_limit": 50}
