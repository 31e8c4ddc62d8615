PYTHON ?= python3
SERVE ?= 1

.PHONY: setup demo test lint accuracy bench serve pictures
setup: .venv/installed
.venv/installed: requirements.lock
	$(PYTHON) -m venv .venv && .venv/bin/pip install -q -r requirements.lock && touch $@
.venv/installed-dev: .venv/installed requirements-dev.lock
	.venv/bin/pip install -q -r requirements-dev.lock && touch $@
demo: setup
	.venv/bin/python manage.py demo $(if $(filter 0,$(SERVE)),--no-serve)
test: .venv/installed-dev
	.venv/bin/python -m pytest tests
lint: .venv/installed-dev
	.venv/bin/ruff check . && .venv/bin/mypy
accuracy: setup
	.venv/bin/python manage.py evaluate ../shared/accuracy/gold ../shared/documents --floors tests/accuracy_floors.json
bench: .venv/installed-dev
	.venv/bin/python manage.py bench
serve: setup
	.venv/bin/python manage.py serve
# of the running demonstration: make pictures URL=http://127.0.0.1:8000/ PASSWORD=…
pictures: .venv/installed-dev
	.venv/bin/python -m tests.browser.pictures "$(URL)" "$(PASSWORD)"
