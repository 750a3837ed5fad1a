# Sourced by start.sh and test.sh. Leaves the shell in the project's folder, with the pinned Node first in PATH and the
# dependencies of package-lock.json installed. Asks no more of a machine than bash and npm (with a Node of any age).

cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v npm >/dev/null || {
  echo "npm is missing: install Node.js with npm (any version from 18 on; the right one comes with the dependencies)." >&2
  exit 1
}

# The platform belongs to it: a folder that is shared with a container holds the binaries of one of them.
wanted_dependencies="$(cksum < package-lock.json) $(uname -sm)"
installed_dependencies="$(cat node_modules/.postrider-installed 2>/dev/null || true)"

if [ "$installed_dependencies" != "$wanted_dependencies" ]; then
  echo "installing dependencies"
  # Not `npm ci`: it refuses a lock file without the optional binaries of every other platform, and a registry mirror may
  # not have all of those. This takes the locked versions just the same and leaves the lock file alone.
  npm install --no-save --no-audit --no-fund --loglevel=error
  echo "$wanted_dependencies" > node_modules/.postrider-installed
fi

export PATH="$PWD/node_modules/.bin:$PATH"
case "$(node --version)" in
  v24.*) ;;
  *)
    echo "Node 24 did not come with the dependencies (is ignore-scripts set in npm's configuration?): npm rebuild node" >&2
    exit 1
    ;;
esac
