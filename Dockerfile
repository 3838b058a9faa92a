# One image for web, worker and beat. The first stage has what installing needs; the second what running needs.
FROM python:3.13-slim AS packages
COPY requirements/run.txt /tmp/run.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install -qq --no-cache-dir --require-hashes --only-binary :all: --no-deps -r /tmp/run.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    LBS_VAR=/var/lib/lbs STATIC_ROOT=/srv/static DJANGO_SETTINGS_MODULE=lbs.settings
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lbs \
    && install -d -o lbs -g lbs -m 0750 /var/lib/lbs
COPY --from=packages /opt/venv /opt/venv
COPY . /srv/lbs
WORKDIR /srv/lbs
# The code belongs to root: what serves pages cannot change what it serves.
RUN LBS_MODE=demo LBS_VAR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /srv/lbs && rm -rf /tmp/build
USER lbs
VOLUME /var/lib/lbs
EXPOSE 8000
ENTRYPOINT ["/srv/lbs/scripts/container"]
CMD ["web"]
