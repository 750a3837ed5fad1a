#!/usr/bin/env bash
# Makes an API key: ./scripts/create-api-key.sh ID SCOPE [SCOPE...]; --help tells the scopes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh" >&2
exec node scripts/create-api-key.ts "$@"
