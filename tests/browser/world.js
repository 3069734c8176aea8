// What there is to tell of a gateway: connections of every kind, refusals, listeners and backends, in the words of the
// admin listener.

const markup = '<img src=x onerror="document.title=\'taken\'">';

export const explained = {
  header_missing: {
    cause: 'a trusted peer sent something else before a PROXY header',
    remedy: "turn the header on in the gateway: send-proxy-v2 in HAProxy, proxy_protocol on in nginx's stream module",
  },
  untrusted_source: {
    cause: 'a peer outside trusted_cidrs connected to a strict listener',
    remedy: 'if it is a gateway, add its address as peer_addr shows it; if it is a client, use mixed or another port',
  },
  backend_unavailable: {
    cause: 'every endpoint refused, was unreachable, or rests after failures',
    remedy: 'start the backend, or mend its address',
  },
};

const record = {
  listener: 'gitea-ssh',
  peer_addr: '10.100.0.9:51820',
  client_addr: '203.0.113.42:55222',
  client_source: 'proxy-v2',
  trusted: true,
  tlv_types: [],
  unique_id: null,
  sni: null,
  backend: 'gitea',
  endpoint: '10.100.3.7:2222',
  identity: 'proxy-v2',
  identity_delivered: null,
  path: 'sockmap',
  bytes_in: 18_377,
  bytes_out: 4_812_044,
  bytes_spliced: 4_801_220,
  duration_ms: 4120,
  end: null,
  reason: null,
  upstream_addr: '10.100.3.1:49166',
};
const long = '[2001:db8:85a3:8d3:1319:8a2e:370:7348]:55222';

// The newest first.
const someConnections = () => [
  { ...record, id: '1207' },
  {
    ...record,
    id: '1206',
    listener: 'https',
    peer_addr: long,
    client_addr: long,
    client_source: 'peer',
    trusted: false,
    sni: 'git.example.com',
    backend: 'gitea-web',
    endpoint: '10.100.3.8:3000',
    identity: 'xff',
    path: 'relay',
    bytes_spliced: 0,
    request: {
      id: '5f15830fa6d6f588-1',
      method: 'GET',
      host: 'git.example.com',
      path: '/explore/repos/and/a/rather/long/path',
      status: 200,
    },
  },
  { ...record, id: '1205', backend: 'metrics', endpoint: '10.100.3.9:9090', identity: 'none' },
  {
    ...record,
    id: '1204',
    listener: 'change-over',
    client_addr: '10.100.0.9:51821',
    client_source: 'peer',
    peer_addr: '10.100.0.9:51821',
  },
  {
    ...record,
    id: '1203',
    listener: 'postgres',
    backend: 'postgres',
    endpoint: '127.0.0.1:5432',
    identity: 'peername',
    identity_delivered: false,
    upstream_addr: '127.0.0.1:40122',
  },
  {
    ...record,
    id: '1202',
    listener: 'postgres',
    backend: 'postgres',
    endpoint: '127.0.0.1:5432',
    identity: 'peername',
    identity_delivered: true,
    client_addr: '198.51.100.23:61000',
    upstream_addr: '127.0.0.1:40124',
  },
  {
    ...record,
    id: '1201',
    listener: 'https',
    client_source: 'peer',
    trusted: false,
    peer_addr: '10.100.0.9:40000',
    client_addr: '10.100.0.9:40000',
    sni: markup,
    unique_id: markup,
  },
  {
    ...record,
    id: '1200',
    client_addr: null,
    client_source: null,
    backend: null,
    endpoint: null,
    identity: null,
    path: null,
    bytes_in: 0,
    bytes_out: 0,
    bytes_spliced: 0,
    upstream_addr: null,
    duration_ms: 210,
  },
  { ...record, id: '1199', client_source: 'local', client_addr: '10.100.0.9:51822', peer_addr: '10.100.0.9:51822' },
];

const manyConnections = () =>
  Array.from({ length: 300 }, (_, i) => ({
    ...record,
    id: String(1100 - i),
    client_addr: `198.51.100.${i % 250}:${40000 + i}`,
    bytes_in: 812 * i,
    bytes_out: 977 * i * i,
    bytes_spliced: 900 * i * i,
    duration_ms: 5000 + 977 * i,
  }));

const someRefusals = (now) =>
  [
    {
      reason: 'header_missing',
      looks_like: 'tls_client_hello',
      peer_addr: '10.100.0.9:52001',
      detail: 'the first byte is 0x16',
    },
    {
      reason: 'untrusted_source',
      peer_addr: '198.51.100.99:4711',
      detail: 'the peer is outside trusted_cidrs of a strict listener',
    },
    {
      reason: 'backend_unavailable',
      peer_addr: '10.100.0.9:52003',
      client_addr: '203.0.113.9:1234',
      detail: `10.100.3.7:2222 refused; ${markup}`,
    },
  ].map((refusal, i) => ({
    ts: new Date(now - 1000 * (3 + i * 41)).toISOString(),
    id: String(1190 - i),
    listener: 'gitea-ssh',
    client_addr: null,
    unique_id: null,
    looks_like: null,
    ...explained[refusal.reason],
    ...refusal,
  }));

const listenersAtFirst = () => [
  {
    name: 'gitea-ssh',
    bind: '0.0.0.0:2222',
    accept_proxy: 'strict',
    trusted_cidrs: ['10.100.0.9/32'],
    routes: 'all',
    backends: ['gitea', 'metrics'],
    rejected: { header_missing: 12, untrusted_source: 3481, backend_unavailable: 2 },
    headers: [{ version: 'v2', result: 'accepted', count: 5120 }],
  },
  {
    name: 'https',
    bind: '[::]:443',
    accept_proxy: 'off',
    trusted_cidrs: [],
    tls: true,
    routes: 'requests',
    backends: ['gitea-web'],
    requests: { '2xx': 10_332, '3xx': 12, '5xx': 4 },
    headers: [],
    rejected: {},
  },
  {
    name: 'postgres',
    bind: '10.100.3.1:5432',
    accept_proxy: 'mixed',
    trusted_cidrs: ['10.100.0.9/32', '10.100.0.10/32'],
    routes: 'all',
    backends: ['postgres'],
    headers: [],
    rejected: {},
    untrusted: 'drop',
  },
  {
    name: 'change-over',
    bind: '0.0.0.0:8443',
    accept_proxy: 'optional',
    trusted_cidrs: ['10.100.0.0/24'],
    routes: 'server_names',
    backends: ['gitea'],
    headers: [],
    rejected: {},
    lint: [
      {
        severity: 'warning',
        place: '/etc/realpeer.yaml:31',
        text: "accept_proxy: optional cannot tell a gateway's header from one its client wrote",
      },
    ],
  },
];

const someBackends = () => [
  {
    name: 'gitea',
    identity: 'proxy-v2',
    balance: 'least_connections',
    health: true,
    endpoints: [
      { endpoint: '10.100.3.7:2222', state: 'up', active: 3, why: null },
      { endpoint: '10.100.3.17:2222', state: 'down', active: 0, why: 'connect: Connection refused' },
    ],
  },
  {
    name: 'gitea-web',
    identity: 'xff',
    balance: 'round_robin',
    health: true,
    endpoints: [{ endpoint: '10.100.3.8:3000', state: 'up', active: 1, why: null }],
  },
  {
    name: 'postgres',
    identity: 'peername',
    balance: 'round_robin',
    health: false,
    endpoints: [{ endpoint: '127.0.0.1:5432', state: 'up', active: 2, why: null }],
  },
  {
    name: 'metrics',
    identity: 'none',
    balance: 'round_robin',
    health: false,
    endpoints: [{ endpoint: '10.100.3.9:9090', state: 'resting', active: 0, why: 'no answer within 5 s' }],
  },
];

export function makeWorld() {
  return {
    node: 'production-1',
    token: null,
    silent: false,
    missing: null,
    started: Date.now() - 3 * 86_400_000,
    live: [...someConnections(), ...manyConnections()],
    ended: manyConnections()
      .slice(0, 40)
      .map((each) => ({ ...each, id: `9${each.id}`, end: 'closed' })),
    listeners: listenersAtFirst(),
    backends: someBackends(),
    refusals: someRefusals(Date.now()),
    draining: false,
  };
}
