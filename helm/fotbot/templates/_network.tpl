{{/* Who may reach whom: the edges of files/roles.yaml, the stores, and what values name. */}}

{{- define "fotbot.networkPolicy" -}}
{{- $root := .root -}}
{{- $role := .role -}}
{{- $policy := $root.Values.networkPolicy -}}
{{- $named := dict "root" $root "component" $role.name -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "fotbot.fullname" $root }}-{{ $role.name }}
  labels:
    {{- include "fotbot.labels" $named | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "fotbot.selector" $named | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- toYaml $policy.monitoring.from | nindent 8 }}
        - podSelector:
            matchLabels:
              {{- include "fotbot.selector" (dict "root" $root "component" "test") | nindent 14 }}
      ports: [{protocol: TCP, port: ops}]
    {{- if eq $role.name "gateway" }}
    - from:
        {{- toYaml $policy.ingress.from | nindent 8 }}
        - podSelector:
            matchLabels:
              {{- include "fotbot.selector" (dict "root" $root "component" "test") | nindent 14 }}
      ports: [{protocol: TCP, port: http}]
    {{- end }}
    {{- $callers := list }}
    {{- range $key, $other := $root.Files.Get "files/roles.yaml" | fromYaml }}
    {{- if has $role.name $other.calls }}
    {{- $callers = append $callers $other.name }}
    {{- end }}
    {{- end }}
    {{- with $callers }}
    - from:
        {{- range sortAlpha . }}
        - podSelector:
            matchLabels:
              {{- include "fotbot.selector" (dict "root" $root "component" .) | nindent 14 }}
        {{- end }}
        {{- if eq $role.name "sessions" }}
        {{- toYaml $policy.operator.from | nindent 8 }}
        {{- end }}
      ports: [{protocol: TCP, port: grpc}]
    {{- end }}
    {{- if eq $role.name "gateway" }}
    - from:
        {{- toYaml $policy.operator.from | nindent 8 }}
      ports: [{protocol: TCP, port: ops}]
    {{- end }}
  egress:
    {{- include "fotbot.egressToDns" $root | nindent 4 }}
    {{- range $role.calls }}
    - to:
        - podSelector:
            matchLabels:
              {{- include "fotbot.selector" (dict "root" $root "component" .) | nindent 14 }}
      ports: [{protocol: TCP, port: grpc}]
    {{- end }}
    {{- if $role.schema }}
    {{- include "fotbot.egressToDatabase" $root | nindent 4 }}
    {{- end }}
    {{- if $role.cache }}
    {{- include "fotbot.egressToRedis" $root | nindent 4 }}
    {{- end }}
    {{- if $role.telegram }}
    {{- include "fotbot.egress" $policy.telegram | nindent 4 }}
    {{- end }}
    {{- if $root.Values.telemetry.otlpEndpoint }}
    {{- include "fotbot.egress" $policy.collector | nindent 4 }}
    {{- end }}
    {{- if $root.Values.sentry.enabled }}
    {{- include "fotbot.egress" $policy.sentry | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* {to, ports} as a rule; without `to` any address. */}}
{{- define "fotbot.egress" -}}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "fotbot.egressToDns" -}}
- to:
    {{- toYaml .Values.networkPolicy.dns.to | nindent 4 }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end -}}

{{- define "fotbot.egressToDatabase" -}}
{{- if .Values.demo.enabled -}}
{{- include "fotbot.egress" (dict "ports" (list 5432) "to" (list (dict "podSelector" (dict "matchLabels" (include "fotbot.selector" (dict "root" . "component" "demo-postgres") | fromYaml))))) -}}
{{- else if .Values.cnpg.enabled -}}
{{- include "fotbot.egress" (dict "ports" (list 5432) "to" (list (dict "podSelector" (dict "matchLabels" (dict "cnpg.io/cluster" (include "fotbot.cnpgName" .)))))) -}}
{{- else -}}
{{- include "fotbot.egress" .Values.networkPolicy.database -}}
{{- end -}}
{{- end -}}

{{- define "fotbot.egressToRedis" -}}
{{- if .Values.demo.enabled -}}
{{- include "fotbot.egress" (dict "ports" (list 6379) "to" (list (dict "podSelector" (dict "matchLabels" (include "fotbot.selector" (dict "root" . "component" "demo-valkey") | fromYaml))))) -}}
{{- else if .Values.valkeyCluster.enabled -}}
{{- include "fotbot.egress" (dict "ports" (list 6379) "to" (list (dict "podSelector" (dict "matchLabels" (dict "valkey.io/cluster" (include "fotbot.valkeyName" .)))))) -}}
{{- else -}}
{{- include "fotbot.egress" .Values.networkPolicy.redis -}}
{{- end -}}
{{- end -}}
