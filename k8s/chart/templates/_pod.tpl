{{/* What all pods share, by (dict "root" $ "component" …). Restricted, without a token: no service speaks with the Kubernetes API. */}}
{{- define "postrider.pod" -}}
serviceAccountName: postrider
automountServiceAccountToken: false
enableServiceLinks: false
# preStop 5 s, STOP_TIMEOUT_MS 25 s, and room: a service ends by itself, with nothing half-done, before it is killed.
terminationGracePeriodSeconds: 40
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- if include "postrider.authorities" . }}
volumes:
  - name: authorities
    secret: { secretName: {{ .root.Values.secrets.authorities }} }
{{- end }}
{{- end }}

{{- define "postrider.container" -}}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- if include "postrider.authorities" . }}
volumeMounts:
  - { name: authorities, mountPath: /etc/postrider/authorities, readOnly: true }
{{- end }}
{{- end }}

{{/* The Secret with the authorities of Kafka's and MongoDB's certificates, for who connects to them. */}}
{{- define "postrider.authorities" -}}
{{- if ne .component "console" }}{{ .root.Values.secrets.authorities }}{{ end }}
{{- end }}
