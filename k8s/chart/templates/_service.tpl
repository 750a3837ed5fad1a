{{/* Everything that differs between the services, as YAML. Roles of the dispatcher are services of their own. */}}
{{- define "postrider.services" -}}
ingestion-service: { component: ingestion, image: ingestion-service, port: 3000, serves: true }
dispatcher-critical: { component: dispatcher, image: dispatcher-service, port: 3001, role: critical, topic: critical-events }
dispatcher-default: { component: dispatcher, image: dispatcher-service, port: 3003, role: default, topic: default-events }
dispatcher-retry: { component: dispatcher, image: dispatcher-service, port: 3004, role: retry, topic: retry-events }
retry-service: { component: retry, image: retry-service, port: 3005, serves: true, topic: failed-events }
console: { component: console, image: console, port: 3006, serves: true }
{{- end }}

{{/* (dict "name" … "component" …) */}}
{{- define "postrider.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: postrider
{{- end }}

{{/* (dict "root" $ "image" …) */}}
{{- define "postrider.image" -}}
{{- with .root.Values.image.registry }}{{ . }}/{{ end }}postrider/{{ .image }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "postrider.settings" -}}
{{- $settings := dict }}
{{- if .Values.bundled.kafka }}{{ $_ := set $settings "KAFKA_BROKERS" "kafka:9092" }}{{ end }}
{{- if .Values.bundled.mongo }}{{ $_ := set $settings "MONGODB_URI" "mongodb://mongo-0.mongo:27017/?replicaSet=rs0" }}{{ end }}
{{- if .Values.bundled.providerSandbox }}
{{- range .Files.Lines "files/provider-sandbox.env" }}
{{- if regexMatch "^[A-Z]" . }}{{ $_ := set $settings (regexFind "^[A-Z0-9_]+" .) (regexReplaceAll "^[A-Z0-9_]+=" . "") }}{{ end }}
{{- end }}
{{- end }}
{{- if .Values.secrets.authorities }}
{{- $_ := set $settings "KAFKA_SSL_CA_FILE" "/etc/postrider/authorities/kafka-ca.crt" }}
{{- $_ := set $settings "MONGODB_TLS_CA_FILE" "/etc/postrider/authorities/mongodb-ca.crt" }}
{{- end }}
{{- range $name, $value := .Values.settings }}{{ $_ := set $settings $name (toString $value) }}{{ end }}
{{- toYaml $settings }}
{{- end }}
