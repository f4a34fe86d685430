{{/* The stores that this release may make itself, and who may reach them. */}}

{{- define "fotbot.cnpgName" -}}
{{- include "fotbot.fullname" . }}-postgres
{{- end -}}

{{- define "fotbot.valkeyName" -}}
{{- include "fotbot.fullname" . }}-valkey
{{- end -}}

{{- define "fotbot.hasReplica" -}}
{{- if or .Values.database.replica .Values.demo.enabled -}}yes{{- end -}}
{{- end -}}

{{/* Migrations are hooks only where the database is there before the release. */}}
{{- define "fotbot.migrationsAreHooks" -}}
{{- if and .Values.migrations.useHelmHooks (not .Values.demo.enabled) (not .Values.cnpg.enabled) -}}yes{{- end -}}
{{- end -}}

{{- define "fotbot.databasePeers" -}}
{{- range $key, $role := .Files.Get "files/roles.yaml" | fromYaml }}
{{- if $role.schema }}
- podSelector:
    matchLabels:
      {{- include "fotbot.selector" (dict "root" $ "component" $role.name) | nindent 6 }}
{{- end }}
{{- end }}
- podSelector:
    matchLabels:
      {{- include "fotbot.selector" (dict "root" $ "component" "migrations") | nindent 6 }}
{{- end -}}

{{- define "fotbot.redisPeers" -}}
{{- range $key, $role := .Files.Get "files/roles.yaml" | fromYaml }}
{{- if $role.cache }}
- podSelector:
    matchLabels:
      {{- include "fotbot.selector" (dict "root" $ "component" $role.name) | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "fotbot.demoPostgresScripts" -}}
start.sh: |
  {{- .Files.Get "files/demo-start.sh" | nindent 2 }}
ready.sh: |
  {{- .Files.Get "files/demo-ready.sh" | nindent 2 }}
database.sql: |
  {{- .Files.Get "files/database.sql" | nindent 2 }}
{{- end -}}
