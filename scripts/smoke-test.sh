#!/usr/bin/env bash
# Sends one event of each channel through a deployed system and follows it to its end: --help tells more.
set -euo pipefail
# Node 24 is all that it needs; where there is none, it comes with the dependencies.
case "$(node --version 2>/dev/null || true)" in
  v24.* | v2[5-9].*) cd "$(dirname "${BASH_SOURCE[0]}")/.." ;;
  *) source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh" >&2 ;;
esac
exec node scripts/smoke-test.ts "$@"
