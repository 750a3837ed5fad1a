#!/usr/bin/env bash
# Stops what start.sh started, in good order, wherever it runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ ! -x node_modules/.bin/node ]; then
  echo "Postrider was never started from this folder."
  exit 0
fi
exec node_modules/.bin/node scripts/stop.ts
