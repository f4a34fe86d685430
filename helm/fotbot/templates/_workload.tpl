{{/* One workload, whatever its role: the seven differ by data alone. */}}

{{- define "fotbot.deployment" -}}
{{- $root := .root -}}
{{- $role := .role -}}
{{- $values := .values -}}
{{- $name := printf "%s-%s" (include "fotbot.fullname" $root) $role.name -}}
{{- $named := dict "root" $root "component" $role.name -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "fotbot.labels" $named | nindent 4 }}
spec:
  {{- if not $values.autoscaling.enabled }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: {{ $values.minReadySeconds }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}
  selector:
    matchLabels:
      {{- include "fotbot.selector" $named | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "fotbot.podLabels" $named | nindent 8 }}
        fotbot.io/process: "true"
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      securityContext:
        {{- include "fotbot.podSecurity" $root | nindent 8 }}
      topologySpreadConstraints:
        {{- if $values.topologySpreadConstraints }}
        {{- toYaml $values.topologySpreadConstraints | nindent 8 }}
        {{- else }}
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - topologyKey: {{ . }}
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "fotbot.selector" $named | nindent 14 }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
        {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ $role.name }}
          image: {{ include "fotbot.image" $root }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          command: [python, -m, {{ $role.module }}]
          env:
            {{- include "fotbot.env" . | nindent 12 }}
          ports:
            - {name: ops, containerPort: 9090}
            {{- if eq (default "" $role.serves) "http" }}
            - {name: http, containerPort: 8080}
            {{- else if $role.serves }}
            - {name: grpc, containerPort: 50051}
            {{- end }}
          startupProbe:
            httpGet: {path: /livez, port: ops}
            periodSeconds: 1
            timeoutSeconds: 1
            failureThreshold: 180
          livenessProbe:
            httpGet: {path: /livez, port: ops}
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          readinessProbe:
            httpGet: {path: /readyz, port: ops}
            periodSeconds: 3
            timeoutSeconds: 2
            failureThreshold: 2
          lifecycle:
            preStop:
              sleep: {seconds: {{ $values.preStopSeconds }}}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "fotbot.containerSecurity" $root | nindent 12 }}
          volumeMounts:
            - {name: secrets, mountPath: /run/secrets/fotbot, readOnly: true}
            - {name: tmp, mountPath: /tmp}
            {{- if $root.Values.mtls.enabled }}
            - {name: tls, mountPath: /run/tls, readOnly: true}
            {{- end }}
            {{- with $values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        {{- include "fotbot.secretVolume" (include "fotbot.secretKeys" . | fromYamlArray) | nindent 8 }}
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- if $root.Values.mtls.enabled }}
        - name: tls
          secret: {secretName: {{ $name }}-tls, defaultMode: 0440}
        {{- end }}
        {{- with $values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{- define "fotbot.serviceAccount" -}}
{{- $role := .role -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "fotbot.fullname" .root }}-{{ $role.name }}
  labels:
    {{- include "fotbot.labels" (dict "root" .root "component" $role.name) | nindent 4 }}
  {{- with .values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{/* Headless for gRPC, whose clients balance themselves and so find new pods. */}}
{{- define "fotbot.service" -}}
{{- $role := .role -}}
{{- $named := dict "root" .root "component" $role.name -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "fotbot.fullname" .root }}-{{ $role.name }}
  labels:
    {{- include "fotbot.labels" $named | nindent 4 }}
  {{- with .values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: ClusterIP
  {{- if eq $role.serves "grpc" }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "fotbot.selector" $named | nindent 4 }}
  ports:
    {{- if eq $role.serves "grpc" }}
    - {name: grpc, port: 50051, targetPort: grpc, protocol: TCP, appProtocol: grpc}
    {{- else }}
    - {name: http, port: 8080, targetPort: http, protocol: TCP, appProtocol: http}
    {{- end }}
{{- end -}}

{{- define "fotbot.podDisruptionBudget" -}}
{{- $named := dict "root" .root "component" .role.name -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "fotbot.fullname" .root }}-{{ .role.name }}
  labels:
    {{- include "fotbot.labels" $named | nindent 4 }}
spec:
  maxUnavailable: {{ .values.podDisruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "fotbot.selector" $named | nindent 6 }}
{{- end -}}
