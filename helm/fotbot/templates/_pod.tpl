{{/* What every pod of the product has: restricted, without token, everything secret as a file. */}}

{{- define "fotbot.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "fotbot.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Keys of Secrets as {secret: {key: required?}} for a role. */}}
{{- define "fotbot.secretKeys" -}}
{{- $root := .root -}}
{{- $role := .role -}}
{{- $own := $root.Values.secrets.existingSecret -}}
{{- $sources := list -}}
{{- range $env, $key := $role.secrets -}}
{{- $sources = append $sources (dict "env" $env "secret" $own "key" $key) -}}
{{- end -}}
{{- range $env, $key := $role.optionalSecrets -}}
{{- $sources = append $sources (dict "env" $env "secret" $own "key" $key "optional" true) -}}
{{- end -}}
{{- with $role.schema -}}
{{- $secret := include "fotbot.databaseSecret" $root -}}
{{- $sources = append $sources (dict "env" "DATABASE_URL" "secret" $secret "key" (printf "database-url-%s" .)) -}}
{{- if include "fotbot.hasReplica" $root -}}
{{- $sources = append $sources (dict "env" "DATABASE_REPLICA_URL" "secret" $secret "key" (printf "database-replica-url-%s" .)) -}}
{{- end -}}
{{- end -}}
{{- if $root.Values.sentry.enabled -}}
{{- $sources = append $sources (dict "env" "SENTRY_DSN" "secret" $own "key" "sentry-dsn") -}}
{{- end -}}
{{- if $role.cache -}}
{{- $sources = append $sources (dict "env" "REDIS_URL" "secret" (include "fotbot.redisSecret" $root) "key" "redis-url") -}}
{{- end -}}
{{- toYaml $sources -}}
{{- end -}}

{{- define "fotbot.secretVolume" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range . }}
      - secret:
          name: {{ .secret }}
          items: [{key: {{ .key }}, path: {{ .key }}}]
          {{- if .optional }}
          optional: true
          {{- end }}
      {{- end }}
{{- end -}}

{{- define "fotbot.secretEnv" -}}
{{- range . }}
- name: {{ .env }}_FILE
  value: /run/secrets/fotbot/{{ .key }}
{{- end }}
{{- end -}}

{{/* A value as an environment variable has it: whole numbers without exponent. */}}
{{- define "fotbot.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq . (floor .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{- define "fotbot.env" -}}
{{- $root := .root -}}
{{- $role := .role -}}
- name: OPS_PORT
  value: "9090"
- name: DRAIN_SECONDS
  value: {{ include "fotbot.text" .values.drainSeconds | quote }}
{{- if eq (default "" $role.serves) "http" }}
- name: HTTP_PORT
  value: "8080"
{{- else if $role.serves }}
- name: GRPC_PORT
  value: "50051"
{{- end }}
{{- range $key, $value := $root.Values.config }}
{{- $name := $key | snakecase | upper }}
{{- if and (has $name $role.settings) (ne (toString $value) "") }}
- name: {{ $name }}
  value: {{ include "fotbot.text" $value | quote }}
{{- end }}
{{- end }}
{{- range $role.calls }}
- name: {{ upper . }}_ADDR
  value: dns:///{{ include "fotbot.fullname" $root }}-{{ . }}.{{ $root.Release.Namespace }}.svc.{{ $root.Values.clusterDomain }}.:50051
{{- end }}
{{- if $role.schema }}
- name: DATABASE_POOL_MAX
  value: {{ include "fotbot.text" .values.poolMax | quote }}
{{- if include "fotbot.hasReplica" $root }}
- name: DATABASE_REPLICA_MOST_LAG_SECONDS
  value: {{ include "fotbot.text" $root.Values.database.replicaMostLagSeconds | quote }}
{{- end }}
{{- end }}
{{- include "fotbot.secretEnv" (include "fotbot.secretKeys" . | fromYamlArray) }}
{{- if $root.Values.mtls.enabled }}
- name: TLS_CERT_FILE
  value: /run/tls/tls.crt
- name: TLS_KEY_FILE
  value: /run/tls/tls.key
- name: TLS_CA_FILE
  value: /run/tls/ca.crt
- name: TLS_TRUST_DOMAIN
  value: {{ $root.Values.mtls.trustDomain }}
{{- end }}
{{- if and $root.Values.sentry.enabled $root.Values.telemetry.environment }}
- name: SENTRY_ENVIRONMENT
  value: {{ $root.Values.telemetry.environment | quote }}
{{- end }}
{{- with $root.Values.telemetry }}
{{- if .otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .otlpEndpoint | quote }}
- name: OTEL_TRACES_SAMPLER
  value: parentbased_traceidratio
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ .keptShare | quote }}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name={{ $root.Release.Namespace }},k8s.pod.name=$(POD_NAME),k8s.node.name=$(NODE_NAME){{ with .environment }},deployment.environment.name={{ . }}{{ end }}
{{- end }}
{{- end }}
{{- with .values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
