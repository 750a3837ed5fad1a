#!/usr/bin/env bash
# Deploys Postrider in place of the health-alert dispatcher, as its script of this name did:
#
#   ./deploy_project.sh [namespace]     by default `default`
#
# 1. validates that the namespace exists; 2. removes the deployment `event-dispatcher`; 3. applies the manifests,
# k8s/overlays/predecessors/health-alerts; 4. waits until they are available, and asks for their health; 5. the Service
# `event-dispatcher` exposes the application. Mail goes through the account in the Secret smtp-credentials, whose keys have
# the names of the settings: SMTP_HOST, SMTP_USER, SMTP_PASSWORD, SENDER_ADDR, HEALTH_ALERT_RECEIVER, and SMTP_PORT (587).
set -euo pipefail

namespace=${1:-default}
fail() { echo "$*" >&2; exit 1; }

[ $# -le 1 ] || fail "usage: deploy_project.sh [namespace]"
kubectl get namespace "$namespace" > /dev/null || fail "Namespace $namespace does not exist"

keys=$(kubectl --namespace "$namespace" get secret smtp-credentials \
  --output go-template='{{range $key, $value := .data}}{{$key}} {{end}}') || fail "the Secret smtp-credentials is needed"
for key in SMTP_HOST SMTP_USER SMTP_PASSWORD SENDER_ADDR HEALTH_ALERT_RECEIVER; do
  [[ " $keys" == *" $key "* ]] || fail "the Secret smtp-credentials lacks $key"
done

kubectl --namespace "$namespace" delete deployment event-dispatcher --ignore-not-found

OVERLAY=predecessors/health-alerts SMOKE=${SMOKE:-health} "$(dirname "${BASH_SOURCE[0]}")/deploy.sh" "$namespace"
kubectl --namespace "$namespace" get service event-dispatcher
