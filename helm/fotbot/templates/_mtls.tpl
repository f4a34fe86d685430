{{/* Who a process is to the others: a certificate by cert-manager whose URI names the role. */}}

{{- define "fotbot.identity" -}}
spiffe://{{ .root.Values.mtls.trustDomain }}/ns/{{ .root.Release.Namespace }}/sa/{{ .component }}
{{- end -}}

{{- define "fotbot.issuer" -}}
{{- .Values.mtls.issuerRef.name | default (printf "%s-ca" (include "fotbot.fullname" .)) -}}
{{- end -}}

{{- define "fotbot.certificate" -}}
{{- $name := printf "%s-%s" (include "fotbot.fullname" .root) .role.name -}}
{{- $named := dict "root" .root "component" .role.name -}}
{{- $mtls := .root.Values.mtls -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ $name }}
  labels:
    {{- include "fotbot.labels" $named | nindent 4 }}
spec:
  secretName: {{ $name }}-tls
  duration: {{ $mtls.duration }}
  renewBefore: {{ $mtls.renewBefore }}
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  usages: [digital signature, server auth, client auth]
  uris: [{{ include "fotbot.identity" $named | quote }}]
  dnsNames:
    - {{ $name }}
    - {{ $name }}.{{ .root.Release.Namespace }}
    - {{ $name }}.{{ .root.Release.Namespace }}.svc
    - {{ $name }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
  issuerRef:
    group: cert-manager.io
    kind: {{ $mtls.issuerRef.kind }}
    name: {{ include "fotbot.issuer" .root }}
{{- end -}}
