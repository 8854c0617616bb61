{{- define "rarbooking.labels" -}}
app: rarbooking
release: {{ .Release.Name }}
app.kubernetes.io/version: {{ required "Set image.tag" .Values.image.tag | quote }}
{{- end }}

{{- define "rarbooking.image" -}}
"{{ .Values.image.repository }}:{{ required "Set image.tag" .Values.image.tag }}"
{{- end }}

{{/* The environment of every process. POD_IP comes first: what follows may name it. */}}
{{- define "rarbooking.env" -}}
- name: POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
- name: ALLOWED_HOSTS
  value: {{ printf "%s,$(POD_IP)" .Values.ingress.host | quote }}
- name: PORT
  value: {{ .Values.image.port | quote }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $secret, $keys := .Values.namespace_secrets }}
{{- range $name, $key := $keys }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ $key }}}}
{{- end }}
{{- end }}
{{- end }}

{{/* The same with the database account that owns the tables. */}}
{{- define "rarbooking.ownerEnv" -}}
{{- $service := "secretKeyRef: {name: rarbooking-database, key: DATABASE_URL}" }}
{{- include "rarbooking.env" . | replace $service (printf "secretKeyRef: {name: %s, key: DATABASE_URL}" .Values.owner.databaseSecret) }}
{{- end }}

{{/* A container on a disk that cannot be written to, but for /tmp and /dev/shm in memory. */}}
{{- define "rarbooking.container" -}}
image: {{ include "rarbooking.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- if .Values.certificates.configMap }}
  - {name: certificates, mountPath: /certificates, readOnly: true}
  {{- end }}
{{- end }}

{{- define "rarbooking.volumes" -}}
- name: tmp
  emptyDir: {medium: Memory, sizeLimit: 128Mi}
{{- if .Values.certificates.configMap }}
- name: certificates
  configMap: {name: {{ .Values.certificates.configMap }}}
{{- end }}
{{- end }}
