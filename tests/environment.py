"""Loaded before the settings are (``-p tests.environment``): tests work in a data folder of their own, and send no messages."""
import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "JIANNUO_TEST_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="jiannuo-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["JIANNUO_TEST_DATA"] = folder
os.environ["JIANNUO_DATA"] = str(Path(os.environ["JIANNUO_TEST_DATA"]) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ["JIANNUO_BROKER_URL"] = "memory://"
os.environ.setdefault("JIANNUO_LOG_LEVEL", "WARNING")
