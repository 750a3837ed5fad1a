#!/usr/bin/env bash
# Starts Postrider with everything it needs on this machine and stays up; --help tells the options.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
exec node scripts/start.ts "$@"
