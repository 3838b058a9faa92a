# Two commands are enough: `make run` and `make test`. Each sets up what it needs and nothing twice.
# A port, an interpreter or arguments are given behind it: make run PORT=8001 · make test ARGS="tests/series -k leap"
.DEFAULT_GOAL := help
.PHONY: help run test lint bench messages lock

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: ## serve the platform with the pilot and a sample series on http://localhost:8000
	@sh scripts/with-env run scripts/run.py

test: ## run every test: SQLite, PostgreSQL with Redis, and a real browser
	@sh scripts/with-env test scripts/suite.py $(ARGS)

lint: ## check layout, types, templates, layers, migrations, settings and translations
	@sh scripts/with-env lint scripts/lint.py

bench: ## measure pages and memory against their limits
	@sh scripts/with-env bench scripts/bench.py

messages: ## collect what is to be translated, and compile what is
	@sh scripts/with-env lint scripts/messages.py update

lock: ## pin the packages again, with hashes, from pyproject.toml
	@sh scripts/lock
