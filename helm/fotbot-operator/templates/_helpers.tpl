{{- define "fotbot-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "fotbot-operator.selector" -}}
app.kubernetes.io/name: fotbot-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fotbot-operator.labels" -}}
{{ include "fotbot-operator.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: fotbot
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "fotbot-operator.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The full name that the chart fotbot gives to the release's objects. */}}
{{- define "fotbot-operator.app" -}}
{{- $release := .Values.app.release -}}
{{- if contains "fotbot" $release -}}{{ $release }}{{- else -}}{{ printf "%s-fotbot" $release }}{{- end -}}
{{- end -}}

{{- define "fotbot-operator.sessionsAddr" -}}
{{- default (printf "dns:///%s-sessions.%s.svc.cluster.local.:50051" (include "fotbot-operator.app" .) .Release.Namespace) .Values.app.sessionsAddr -}}
{{- end -}}

{{- define "fotbot-operator.gateways" -}}
app.kubernetes.io/name=fotbot,app.kubernetes.io/instance={{ .Values.app.release }},app.kubernetes.io/component=gateway
{{- end -}}

{{- define "fotbot-operator.autoscalers" -}}
{{- toJson (.Values.app.horizontalPodAutoscalers | default (list (printf "%s-gateway" (include "fotbot-operator.app" .)))) -}}
{{- end -}}
