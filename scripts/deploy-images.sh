#!/usr/bin/env bash
# Builds Postrider's images and puts them into a cluster on this machine, as k8s/overlays/local names them:
#
#   scripts/deploy-images.sh minikube | kind [NAME OF THE CLUSTER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

services="ingestion-service dispatcher-service retry-service console provider-sandbox"
tag=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)

case "${1:-}" in
  minikube) load() { minikube image load ${2:+--profile "$2"} "$1"; } ;;
  kind) load() { kind load docker-image ${2:+--name "$2"} "$1"; } ;;
  *) echo "usage: scripts/deploy-images.sh minikube | kind [NAME]" >&2; exit 2 ;;
esac

for service in $services; do
  docker build --target "$service" --tag "postrider/$service:$tag" .
  load "postrider/$service:$tag" "${2:-}"
done
