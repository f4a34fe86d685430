{{/* What scales a workload: a HorizontalPodAutoscaler on CPU, which needs nothing but metrics-server,
or KEDA's ScaledObject on CPU and on the workload's own measure. Prescaling leaves the gateway's floor
to the operator, which is then that field's only manager. */}}

{{- define "fotbot.floorIsOurs" -}}
{{- if not (and .root.Values.prescaling.enabled (eq .role.name "gateway")) -}}yes{{- end -}}
{{- end -}}

{{- define "fotbot.horizontalPodAutoscaler" -}}
{{- $name := printf "%s-%s" (include "fotbot.fullname" .root) .role.name -}}
{{- $scaling := .values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  labels:
    {{- include "fotbot.labels" (dict "root" .root "component" .role.name) | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ $name }}
  {{- if include "fotbot.floorIsOurs" . }}
  minReplicas: {{ $scaling.minReplicas }}
  {{- end }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ $scaling.cpuUtilization }}}
  behavior:
    {{- toYaml $scaling.behavior | nindent 4 }}
{{- end -}}

{{- define "fotbot.scaledObject" -}}
{{- $name := printf "%s-%s" (include "fotbot.fullname" .root) .role.name -}}
{{- $scaling := .values.autoscaling -}}
{{- $keda := .root.Values.keda -}}
{{- $series := printf "namespace=%q,role=%q" .root.Release.Namespace .role.name -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $name }}
  labels:
    {{- include "fotbot.labels" (dict "root" .root "component" .role.name) | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ $name }}
  pollingInterval: {{ $keda.pollingInterval }}
  {{- if include "fotbot.floorIsOurs" . }}
  minReplicaCount: {{ $scaling.minReplicas }}
  {{- end }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  fallback:
    failureThreshold: 3
    replicas: {{ $scaling.minReplicas }}
    behavior: currentReplicasIfHigher
  advanced:
    horizontalPodAutoscalerConfig:
      name: {{ $name }}-keda
      behavior:
        {{- toYaml $scaling.behavior | nindent 8 }}
  triggers:
    - type: cpu
      metricType: Utilization
      metadata:
        value: {{ $scaling.cpuUtilization | quote }}
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ $keda.prometheusAddress }}
        query: {{ .role.load | replace "SERIES" $series | quote }}
        threshold: {{ $scaling.load | quote }}
        # Below any load there is: never to zero, even while the floor is not set yet.
        activationThreshold: "-1"
        # No series is no idleness: the fallback is taken.
        ignoreNullValues: "false"
{{- end -}}
