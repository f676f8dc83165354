#!/bin/sh
# Runs once, on an empty data directory: each service gets a role and a database of its own, which no other service can open;
# the API keys, which all of them ask, have another, and so have the identifier vault and the keys of personal data.
set -eu

for service in attribution commission payouts tier_evaluation partners ledger keys privacy; do
  psql -v ON_ERROR_STOP=1 -v service="$service" -v password="$SERVICE_PASSWORD" --username "$POSTGRES_USER" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service" encoding 'UTF8' locale 'C' template template0;
revoke connect, temporary on database :"service" from public;
SQL
done
