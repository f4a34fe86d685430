{{/* What the schema cannot say: values that do not go together, each told in a sentence. */}}

{{- define "fotbot.connections" -}}
{{- $sum := 0 -}}
{{- range $key, $workload := include "fotbot.workloads" . | fromYaml -}}
{{- if $workload.role.schema -}}
{{- $pods := ternary $workload.values.autoscaling.maxReplicas $workload.values.replicas $workload.values.autoscaling.enabled | int -}}
{{- /* A rollout adds a quarter; a worker listens on a connection of its own. */ -}}
{{- $pods = add $pods (ceil (divf $pods 4)) | int -}}
{{- $sum = add $sum (mul $pods (add $workload.values.poolMax (ternary 1 0 (hasKey $workload.role "worker")))) -}}
{{- end -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{/* A pod's orderly end at the longest, by its steps: the pod's own pause, draining, the last calls
(20 s) or updates (10 and 10), the sender's last call to Telegram (10), traces and ports (6). */}}
{{- define "fotbot.orderlyEnd" -}}
{{- $last := ternary 30 20 (eq .role.name "sender") -}}
{{- add (ceil .values.preStopSeconds) (ceil .values.drainSeconds) $last 6 -}}
{{- end -}}

{{- define "fotbot.validateWorkload" -}}
{{- $name := .key -}}
{{- $values := .values -}}
{{- $scaling := $values.autoscaling -}}
{{- if and $scaling.enabled (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- fail (printf "%s.autoscaling: minReplicas (%d) is more than maxReplicas (%d)." $name (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- $end := include "fotbot.orderlyEnd" . | int -}}
{{- if le (int $values.terminationGracePeriodSeconds) $end -}}
{{- fail (printf "%s.terminationGracePeriodSeconds is %d, but an orderly end takes up to %d seconds (preStopSeconds, drainSeconds and the last calls): give it more than that." $name (int $values.terminationGracePeriodSeconds) $end) -}}
{{- end -}}
{{- $own := dict -}}
{{- range include "fotbot.env" . | fromYamlArray -}}
{{- if hasKey $own .name -}}
{{- fail (printf "%s.extraEnv: %s is set by the chart or twice; each name may be there once." $name .name) -}}
{{- end -}}
{{- $_ := set $own .name true -}}
{{- end -}}
{{- if and (not $scaling.enabled) (eq $name "gateway") .root.Values.prescaling.enabled -}}
{{- fail "prescaling.enabled raises the floor of an autoscaler, and gateway.autoscaling.enabled is false." -}}
{{- end -}}
{{- end -}}

{{- define "fotbot.validate" -}}
{{- $v := .Values -}}
{{- with $v.image.digest -}}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" .) -}}
{{- fail (printf "image.digest is %q; a digest is sha256: and 64 hexadecimal digits." .) -}}
{{- end -}}
{{- end -}}
{{- if not $v.secrets.existingSecret -}}
{{- fail "secrets.existingSecret names the Secret with bot-token, webhook-secret and invitation-key; the chart makes none." -}}
{{- end -}}
{{- with $v.config.webhookUrl -}}
{{- if not (regexMatch "^https://[^/\\s?#]+/[^\\s?#]*$" .) -}}
{{- fail (printf "config.webhookUrl is %q; Telegram calls an https:// address with a host and a path, without a query." .) -}}
{{- end -}}
{{- if not (regexMatch "^https://[^/:]+(:(443|80|88|8443))?/" .) -}}
{{- fail (printf "config.webhookUrl is %q; Telegram calls the ports 443, 80, 88 and 8443 alone." .) -}}
{{- end -}}
{{- end -}}
{{- if not (regexMatch "^https?://[^\\s]+$" $v.config.telegramApiUrl) -}}
{{- fail (printf "config.telegramApiUrl is %q; it is an http:// or https:// address." $v.config.telegramApiUrl) -}}
{{- end -}}
{{- if not (regexMatch "^([0-9]+(, *[0-9]+)*)?$" $v.config.adminTgIds) -}}
{{- fail (printf "config.adminTgIds is %q; they are Telegram ids, digits separated by commas." $v.config.adminTgIds) -}}
{{- end -}}
{{- if and (or $v.httpRoute.enabled $v.ingress.enabled) (not $v.config.webhookUrl) -}}
{{- fail "httpRoute and ingress take host and path from config.webhookUrl, which is not set." -}}
{{- end -}}
{{- if and $v.httpRoute.enabled (not $v.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs names the Gateway that the route belongs to, and is empty." -}}
{{- end -}}
{{- if and (or $v.demo.enabled $v.cnpg.enabled) (not $v.migrations.enabled) -}}
{{- fail "migrations.enabled is false, but the database that this release makes (demo or cnpg) has no other that would fill it." -}}
{{- end -}}
{{- if and $v.demo.enabled $v.cnpg.enabled -}}
{{- fail "demo.enabled and cnpg.enabled are two databases; choose one." -}}
{{- end -}}
{{- if and $v.demo.enabled $v.valkeyCluster.enabled -}}
{{- fail "demo.enabled and valkeyCluster.enabled are two caches; choose one." -}}
{{- end -}}
{{- if and $v.demo.enabled (or $v.database.existingSecret $v.redis.existingSecret) -}}
{{- fail "demo.enabled makes its own stores; database.existingSecret and redis.existingSecret name others." -}}
{{- end -}}
{{- if and $v.cnpg.enabled (lt (int $v.cnpg.instances) 3) -}}
{{- fail (printf "cnpg.instances is %d; a commit waits for one more server, so with one lost there must still be two: at least 3." (int $v.cnpg.instances)) -}}
{{- end -}}
{{- with $v.cnpg.backup -}}
{{- if and .enabled (not (and .destinationPath .secret)) -}}
{{- fail "cnpg.backup needs destinationPath (s3://bucket/path) and secret (with access-key-id and secret-access-key)." -}}
{{- end -}}
{{- end -}}
{{- with $v.cnpg.recovery -}}
{{- if .enabled -}}
{{- if not (and $v.cnpg.backup.enabled .serverName) -}}
{{- fail "cnpg.recovery needs serverName, the name under which the backups are kept, and cnpg.backup, which says where." -}}
{{- end -}}
{{- if eq .serverName ($v.cnpg.backup.serverName | default (include "fotbot.cnpgName" $)) -}}
{{- fail (printf "cnpg.backup.serverName must be another one than cnpg.recovery.serverName (%s): what is recovered from must not be written over." .serverName) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $v.keda.enabled (not $v.monitoring.podMonitor.enabled) -}}
{{- fail "keda.enabled scales on metrics of the processes, which monitoring.podMonitor.enabled has scraped under the names that are asked for." -}}
{{- end -}}
{{- range $key, $workload := include "fotbot.workloads" . | fromYaml -}}
{{- include "fotbot.validateWorkload" (dict "root" $ "key" $key "role" $workload.role "values" $workload.values) -}}
{{- end -}}
{{- $room := sub (int $v.database.maxConnections) (int $v.database.reservedConnections) | int -}}
{{- $wanted := include "fotbot.connections" . | int -}}
{{- if gt $wanted $room -}}
{{- fail (printf "All pools together could open %d connections during a rollout at the most replicas, and the server takes %d beside the %d kept free: lower poolMax or maxReplicas, or raise database.maxConnections (and the server's)." $wanted $room (int $v.database.reservedConnections)) -}}
{{- end -}}
{{- end -}}
