#!/usr/bin/env bash
# Brings Postrider up in a Kubernetes namespace that exists: scripts/deploy.sh [NAMESPACE], by default `postrider`. It applies an
# overlay, waits for the roll-out, runs the smoke test and exposes the system. kubectl says which cluster it is.
#
#   OVERLAY       folder in k8s/overlays: local (by default), production, ...
#   API_KEY       for the smoke test, where keys are asked for: scopes events:write and events:read
#   SMOKE         all: an event of each channel (by default); health: that it answers, and is ready; none
#   SMOKE_ARGS    recipients for the smoke test, as scripts/smoke-test.sh takes them; without them, the provider sandbox's
#   EXPOSE        type of the Service `postrider` that is made: NodePort (by default with OVERLAY=local), LoadBalancer, none
#   TIMEOUT       how long the roll-out may take, 10m by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

namespace=${1:-postrider}
overlay=${OVERLAY:-local}
timeout=${TIMEOUT:-10m}
smoke=${SMOKE:-all}
if [ "$overlay" = local ]; then expose=${EXPOSE:-NodePort}; else expose=${EXPOSE:-none}; fi

fail() { echo "$*" >&2; exit 1; }
k() { kubectl --namespace "$namespace" "$@"; }

[ $# -le 1 ] || fail "usage: scripts/deploy.sh [NAMESPACE]"
[ -f "k8s/overlays/$overlay/kustomization.yaml" ] || fail "there is no overlay $overlay in k8s/overlays"
command -v kubectl > /dev/null || fail "kubectl is missing"

echo "== namespace $namespace"
kubectl get namespace "$namespace" > /dev/null || fail "it does not exist, or cannot be seen: kubectl create namespace $namespace"

work=$(mktemp -d)
forward=
trap '[ -z "$forward" ] || kill "$forward" 2> /dev/null || true; rm -rf "$work"' EXIT

echo "== apply k8s/overlays/$overlay"
cat > "$work/kustomization.yaml" << K
namespace: $namespace
resources: [$(realpath --relative-to="$work" "k8s/overlays/$overlay")]
K
kubectl kustomize "$work" > "$work/manifests.yaml"
# A Job cannot be changed; the one of the last time has done its work.
k delete job postrider-migrate --ignore-not-found
kubectl apply -f "$work/manifests.yaml"

echo "== roll-out, $timeout at most"
workloads=$(k get deployments,statefulsets --selector app.kubernetes.io/part-of=postrider --output name)
rolled_out() {
  k wait job/postrider-migrate --for=condition=Complete --timeout="$timeout" || return 1
  for workload in $workloads; do k rollout status "$workload" --timeout="$timeout" || return 1; done
}
rolled_out || {
  k get pods --output wide >&2
  k get events --sort-by=.lastTimestamp 2> /dev/null | tail -20 >&2
  fail "the roll-out did not end. What ran before goes on; back to it: kubectl -n $namespace rollout undo deployment/NAME"
}

if [ "$smoke" != none ]; then
  echo "== smoke test: $smoke"
  # Not by the function: its process would be killed at the end, and kubectl stay.
  kubectl --namespace "$namespace" port-forward service/ingestion-service :3000 > "$work/forward" 2>&1 &
  forward=$!
  for _ in $(seq 60); do grep -q '^Forwarding from' "$work/forward" && break; sleep 0.5; done
  port=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\) .*/\1/p' "$work/forward" | head -1)
  [ -n "$port" ] || { cat "$work/forward" >&2; fail "there is no way to the Service ingestion-service"; }
  url=http://127.0.0.1:$port
  curl --fail --silent --show-error --max-time 15 "$url/ready" && echo
  # shellcheck disable=SC2086 # several arguments
  [ "$smoke" = health ] || ./scripts/smoke-test.sh "$url" "${API_KEY:-}" ${SMOKE_ARGS:-}
fi

if [ "$expose" != none ]; then
  echo "== expose"
  k expose service ingestion-service --name=postrider --type="$expose" --port=3000 --target-port=http \
    --dry-run=client --output=yaml | k apply -f -
  k get service postrider
else
  echo "== from this machine: kubectl -n $namespace port-forward service/ingestion-service 3000"
fi
echo "== the operators' pages: kubectl -n $namespace port-forward service/console 3006, then http://127.0.0.1:3006"
