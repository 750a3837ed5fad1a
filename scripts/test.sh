#!/usr/bin/env bash
# Installs, checks types, lint and format, and runs all tests on a real Kafka and MongoDB.
# Arguments go to jest:  ./scripts/test.sh e2e/stories -t 'critical'
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

failed_checks=0
for check in types lint format; do
  echo "check $check"
  npm run --silent "check:$check" || failed_checks=$((failed_checks + 1))
done

# A second npm between the shell and jest would take the terminal's signals: jest is run by node itself.
result=$(mktemp)
trap 'rm -f "$result"' EXIT
jest_code=0
node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --ci --json --outputFile="$result" "$@" || jest_code=$?

node scripts/local/test-summary.ts "$result" "$jest_code" "$failed_checks"
