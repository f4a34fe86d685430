{{/* Names and labels. */}}

{{- define "fotbot.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains "fotbot" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-fotbot" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selectors use: it never changes during a release's life. */}}
{{- define "fotbot.selector" -}}
app.kubernetes.io/name: fotbot
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* Of {root, component}, or of the root alone for what belongs to no component. A pod's say nothing
of the chart: it restarts for a reason of its own alone. */}}
{{- define "fotbot.podLabels" -}}
{{- $root := .root | default . -}}
{{ include "fotbot.selector" (dict "root" $root "component" .component) }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: fotbot
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "fotbot.labels" -}}
{{- $root := .root | default . -}}
{{ include "fotbot.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "fotbot.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The roles as data, and each with its values over the defaults: {key: {role, values}}. */}}
{{- define "fotbot.workloads" -}}
{{- $workloads := dict -}}
{{- range $key, $role := .Files.Get "files/roles.yaml" | fromYaml -}}
{{- $values := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy (index $.Values $key)) -}}
{{- $_ := set $workloads $key (dict "role" $role "values" $values) -}}
{{- end -}}
{{- toYaml $workloads -}}
{{- end -}}

{{- define "fotbot.databaseSecret" -}}
{{- if .Values.demo.enabled -}}
{{- include "fotbot.fullname" . }}-demo
{{- else -}}
{{- .Values.database.existingSecret | default .Values.secrets.existingSecret -}}
{{- end -}}
{{- end -}}

{{- define "fotbot.redisSecret" -}}
{{- if .Values.demo.enabled -}}
{{- include "fotbot.fullname" . }}-demo
{{- else -}}
{{- .Values.redis.existingSecret | default .Values.secrets.existingSecret -}}
{{- end -}}
{{- end -}}

{{- define "fotbot.webhookPath" -}}
{{- if .Values.config.webhookUrl -}}
{{- (urlParse .Values.config.webhookUrl).path | default "/" -}}
{{- else -}}
/telegram/webhook
{{- end -}}
{{- end -}}
