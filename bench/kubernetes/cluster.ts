import { createHash } from 'node:crypto';

/** An object as the items of a list have it: without kind and apiVersion. */
export type Item = Readonly<Record<string, unknown>>;

const REPLICAS = 5;
const NAMESPACES = 20;
const BORN = '2026-11-02T08:00:00Z';

/**
 * Lists of a healthy cluster with so many pods, by the path that they are asked at: five pods to a Deployment with
 * three ReplicaSets, a Service with its EndpointSlice for each, a node for thirty pods, a Warning for a hundred. The
 * objects have what an API server sends: managed fields, defaults, a projected token volume with a name of its own.
 */
export function clusterLists(pods: number): ReadonlyMap<string, () => Generator<Item>> {
  const deployments = Math.ceil(pods / REPLICAS);
  const nodes = Math.max(3, Math.ceil(pods / 30));
  return new Map<string, () => Generator<Item>>([
    ['/api/v1/pods', () => each(pods, (index) => pod(index, nodes))],
    ['/apis/apps/v1/deployments', () => each(deployments, deployment)],
    ['/apis/apps/v1/replicasets', () => each(deployments * 3, (index) => replicaSet(Math.floor(index / 3), index % 3))],
    ['/api/v1/services', () => each(deployments, service)],
    ['/apis/discovery.k8s.io/v1/endpointslices', () => each(deployments, (index) => endpointSlice(index, nodes))],
    ['/api/v1/nodes', () => each(nodes, node)],
    ['/api/v1/namespaces', () => each(NAMESPACES + 1, namespace)],
    ['/api/v1/events', () => each(Math.ceil(pods / 100), event)],
  ]);
}

/** What is asked for as a single object. */
export const KUBE_SYSTEM = { kind: 'Namespace', apiVersion: 'v1', ...namespace(0) };

function* each(count: number, make: (index: number) => Item): Generator<Item> {
  for (let index = 0; index < count; index += 1) yield make(index);
}

function meta(name: string, namespaceName: string | null, more: object = {}): object {
  return {
    name,
    ...(namespaceName === null ? {} : { namespace: namespaceName }),
    uid: uuid(`${namespaceName ?? ''}/${name}`),
    resourceVersion: '1048576',
    generation: 1,
    creationTimestamp: BORN,
    ...more,
  };
}

function uuid(of: string): string {
  return createHash('sha256')
    .update(of)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
}

function short(of: string, length: number): string {
  return createHash('sha256').update(of).digest('hex').slice(0, length);
}

const appOf = (index: number): string => `app-${index}`;
const namespaceOf = (index: number): string => `team-${index % NAMESPACES}`;
const hashOf = (app: number, revision: number): string => short(`${app}/${revision}`, 10);
const nodeName = (index: number): string => `node-${index}.cluster.example.internal`;

function namespace(index: number): Item {
  const name = index === 0 ? 'kube-system' : namespaceOf(index - 1);
  return {
    metadata: meta(name, null, { labels: { 'kubernetes.io/metadata.name': name } }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function node(index: number): Item {
  const condition = (type: string, status: string, reason: string): object => ({
    type,
    status,
    reason,
    message: `kubelet says ${reason}`,
    lastHeartbeatTime: '2026-11-20T16:29:30Z',
    lastTransitionTime: BORN,
  });
  return {
    metadata: meta(nodeName(index), null, { labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } }),
    spec: { podCIDR: `10.${index % 250}.0.0/24` },
    status: {
      capacity: { cpu: '16', memory: '65536000Ki', pods: '110', 'ephemeral-storage': '200Gi' },
      allocatable: { cpu: '15800m', memory: '64512000Ki', pods: '110', 'ephemeral-storage': '180Gi' },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      addresses: [{ type: 'InternalIP', address: `10.0.${index >> 8}.${index & 255}` }],
      nodeInfo: {
        kubeletVersion: 'v1.36.2',
        osImage: 'Debian GNU/Linux 13',
        containerRuntimeVersion: 'containerd://2.2.0',
      },
      images: each30(index),
    },
  };
}

/** Kubelets list what images they hold: the largest part of a node. */
function each30(index: number): object[] {
  return Array.from({ length: 30 }, (_, image) => ({
    names: [`registry.example.internal/team/app-${index * 7 + image}@sha256:${short(`image ${image}`, 64)}`],
    sizeBytes: 100_000_000 + image,
  }));
}

function podSpec(app: number): Item & { readonly containers: readonly object[] } {
  return {
    containers: [
      {
        name: 'app',
        image: `registry.example.internal/team/${appOf(app)}:1.${app % 40}.2`,
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        env: [
          { name: 'LOG_LEVEL', value: 'info' },
          { name: 'PUBLIC_URL', value: `https://${appOf(app)}.example.internal/` },
          { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
          { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: `${appOf(app)}-db`, key: 'password' } } },
        ],
        resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
        livenessProbe: probe('/livez'),
        readinessProbe: probe('/readyz'),
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: appOf(app),
    serviceAccount: appOf(app),
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    schedulerName: 'default-scheduler',
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              labelSelector: { matchLabels: { app: appOf(app) } },
              topologyKey: 'kubernetes.io/hostname',
            },
          },
        ],
      },
    },
  };
}

function probe(path: string): object {
  return {
    httpGet: { path, port: 'http', scheme: 'HTTP' },
    initialDelaySeconds: 5,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

function pod(index: number, nodes: number): Item {
  const app = Math.floor(index / REPLICAS);
  const hash = hashOf(app, 2);
  const name = `${appOf(app)}-${hash}-${short(`pod ${index}`, 5)}`;
  const token = `kube-api-access-${short(`token ${index}`, 5)}`;
  const spec = podSpec(app);
  const ip = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const [container] = spec.containers;
  return {
    metadata: meta(name, namespaceOf(app), {
      generateName: `${appOf(app)}-${hash}-`,
      labels: { app: appOf(app), 'app.kubernetes.io/part-of': namespaceOf(app), 'pod-template-hash': hash },
      annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': short(`config ${app}`, 64) },
      ownerReferences: [owner('apps/v1', 'ReplicaSet', `${appOf(app)}-${hash}`)],
      managedFields: managedFields(ip),
    }),
    spec: {
      volumes: [
        {
          name: token,
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
              {
                downwardAPI: {
                  items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
            defaultMode: 420,
          },
        },
      ],
      ...spec,
      containers: [
        {
          ...container,
          volumeMounts: [{ name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
        },
      ],
      nodeName: nodeName(index % nodes),
      tolerations: ['not-ready', 'unreachable'].map((what) => ({
        key: `node.kubernetes.io/${what}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: podStatus(index, app, ip),
  };
}

function podStatus(index: number, app: number, ip: string): object {
  return {
    phase: 'Running',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
      (type) => ({
        type,
        observedGeneration: 1,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: `2026-11-02T08:00:${String(index % 60).padStart(2, '0')}Z`,
      }),
    ),
    hostIP: '10.0.0.1',
    hostIPs: [{ ip: '10.0.0.1' }],
    podIP: ip,
    podIPs: [{ ip }],
    startTime: BORN,
    containerStatuses: [
      {
        name: 'app',
        state: { running: { startedAt: `2026-11-02T08:00:${String(index % 60).padStart(2, '0')}Z` } },
        lastState: {},
        ready: true,
        restartCount: 0,
        image: `registry.example.internal/team/${appOf(app)}:1.${app % 40}.2`,
        imageID: `registry.example.internal/team/${appOf(app)}@sha256:${short(`image of ${app}`, 64)}`,
        containerID: `containerd://${short(`container ${index}`, 64)}`,
        started: true,
        resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
      },
    ],
    qosClass: 'Burstable',
  };
}

function managedFields(ip: string): object[] {
  const fields = (...names: readonly string[]): object =>
    Object.fromEntries([['.', {}], ...names.map((name) => [`f:${name}`, {}])]);
  const condition = fields('lastProbeTime', 'lastTransitionTime', 'observedGeneration', 'status', 'type');
  return [
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      apiVersion: 'v1',
      time: BORN,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:annotations': fields('prometheus.io/scrape', 'checksum/config'), 'f:labels': fields('app') },
        'f:spec': {
          'f:affinity': fields('podAntiAffinity'),
          'f:containers': {
            'k:{"name":"app"}': {
              ...fields('image', 'imagePullPolicy', 'name', 'terminationMessagePath', 'terminationMessagePolicy'),
              'f:env': Object.fromEntries(
                ['LOG_LEVEL', 'PUBLIC_URL', 'POD_NAME', 'DB_PASSWORD'].map((name) => [
                  `k:{"name":"${name}"}`,
                  fields('name', 'value'),
                ]),
              ),
              'f:livenessProbe': fields('failureThreshold', 'httpGet', 'periodSeconds', 'timeoutSeconds'),
              'f:readinessProbe': fields('failureThreshold', 'httpGet', 'periodSeconds', 'timeoutSeconds'),
              'f:resources': { '.': {}, 'f:limits': fields('memory'), 'f:requests': fields('cpu', 'memory') },
              'f:securityContext': fields('allowPrivilegeEscalation', 'capabilities', 'readOnlyRootFilesystem'),
            },
          },
          ...fields('dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'securityContext'),
        },
      },
    },
    {
      manager: 'kubelet',
      operation: 'Update',
      apiVersion: 'v1',
      time: BORN,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:status': {
          'f:conditions': Object.fromEntries(
            ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'Ready'].map((type) => [
              `k:{"type":"${type}"}`,
              condition,
            ]),
          ),
          ...fields('containerStatuses', 'hostIP', 'hostIPs', 'phase', 'podIP', 'startTime'),
          'f:podIPs': { '.': {}, [`k:{"ip":"${ip}"}`]: fields('ip') },
        },
      },
      subresource: 'status',
    },
  ];
}

function owner(apiVersion: string, kind: string, name: string): object {
  return { apiVersion, kind, name, uid: uuid(`${kind}/${name}`), controller: true, blockOwnerDeletion: true };
}

function template(app: number): object {
  return {
    metadata: { labels: { app: appOf(app), 'app.kubernetes.io/part-of': namespaceOf(app) } },
    spec: podSpec(app),
  };
}

function deployment(app: number): Item {
  const since = { lastUpdateTime: BORN, lastTransitionTime: BORN };
  return {
    metadata: meta(appOf(app), namespaceOf(app), {
      labels: { app: appOf(app) },
      annotations: { 'deployment.kubernetes.io/revision': '3' },
      managedFields: managedFields('10.0.0.0'),
    }),
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: { app: appOf(app) } },
      template: template(app),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: 1,
      replicas: REPLICAS,
      updatedReplicas: REPLICAS,
      readyReplicas: REPLICAS,
      availableReplicas: REPLICAS,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'enough', ...since },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: 'done', ...since },
      ],
    },
  };
}

function replicaSet(app: number, revision: number): Item {
  const replicas = revision === 2 ? REPLICAS : 0;
  const hash = hashOf(app, revision);
  return {
    metadata: meta(`${appOf(app)}-${hash}`, namespaceOf(app), {
      labels: { app: appOf(app), 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': String(revision + 1) },
      ownerReferences: [owner('apps/v1', 'Deployment', appOf(app))],
      managedFields: managedFields('10.0.0.0'),
    }),
    spec: {
      replicas,
      selector: { matchLabels: { app: appOf(app), 'pod-template-hash': hash } },
      template: template(app),
    },
    status: {
      observedGeneration: 1,
      replicas,
      ...(replicas === 0
        ? {}
        : { readyReplicas: replicas, availableReplicas: replicas, fullyLabeledReplicas: replicas }),
    },
  };
}

function service(app: number): Item {
  return {
    metadata: meta(appOf(app), namespaceOf(app), { labels: { app: appOf(app) } }),
    spec: {
      type: 'ClusterIP',
      clusterIP: `10.96.${(app >> 8) & 255}.${app & 255}`,
      clusterIPs: [`10.96.${(app >> 8) & 255}.${app & 255}`],
      selector: { app: appOf(app) },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
    status: { loadBalancer: {} },
  };
}

function endpointSlice(app: number, nodes: number): Item {
  return {
    metadata: meta(`${appOf(app)}-${short(`slice ${app}`, 5)}`, namespaceOf(app), {
      labels: { 'kubernetes.io/service-name': appOf(app) },
      ownerReferences: [owner('v1', 'Service', appOf(app))],
    }),
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: REPLICAS }, (_, replica) => {
      const index = app * REPLICAS + replica;
      return {
        addresses: [`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: nodeName(index % nodes),
        targetRef: {
          kind: 'Pod',
          namespace: namespaceOf(app),
          name: `${appOf(app)}-${hashOf(app, 2)}-${short(`pod ${index}`, 5)}`,
          uid: uuid(`pod ${index}`),
        },
      };
    }),
  };
}

function event(index: number): Item {
  const app = index * 20;
  return {
    metadata: meta(`${appOf(app)}.${short(`event ${index}`, 16)}`, namespaceOf(app)),
    involvedObject: {
      kind: 'Pod',
      namespace: namespaceOf(app),
      name: `${appOf(app)}-${hashOf(app, 2)}-${short(`pod ${app * REPLICAS}`, 5)}`,
      apiVersion: 'v1',
    },
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    source: { component: 'kubelet', host: nodeName(index) },
    firstTimestamp: BORN,
    lastTimestamp: BORN,
    count: 1,
    type: 'Warning',
  };
}
