// A daemon of the tests' making: answers with the documents of the admin listener, of a world that a test may change.
// Usage, to look at the page by hand: node mock.js PAGE.HTML [PORT]
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { explained, makeWorld } from './world.js';

function listenersOf(world) {
  // Counters that move as time does, unevenly.
  const seconds = (Date.now() - world.started) / 1000;
  const moved = Math.max(0, Math.round(seconds * 12 + 40 * Math.sin(seconds / 20)));
  const share = (i) => Math.floor(moved / (i + 1));
  return {
    node: world.node,
    version: '0.1.0',
    started: new Date(world.started).toISOString(),
    now: new Date().toISOString(),
    draining: world.draining,
    datapath: { path: 'sockmap', reason: 'the self-test passed' },
    listeners: world.listeners.map((listener, i) => ({
      untrusted: 'refuse',
      tls: false,
      lint: [],
      requests: {},
      ...listener,
      connections: share(i),
      active: { none: i === 0 ? 1 : 0, relay: 2, sockmap: 40 - i },
      bytes: {
        in: { relay: share(i) * 900, sockmap: share(i) * 17_000 },
        out: { relay: share(i) * 4_000, sockmap: share(i) * 210_000 },
      },
      rejected: Object.entries(listener.rejected).map(([reason, count]) => ({
        reason,
        count: reason === 'untrusted_source' ? count + Math.floor(Math.max(0, seconds) / 3) : count,
        ...explained[reason],
      })),
    })),
  };
}

function connectionsOf(world, query) {
  const all = (query.get('state') === 'ended' ? world.ended : world.live).map((each) => ({
    ts: new Date(Date.now() - each.duration_ms).toISOString(),
    ...each,
  }));
  const searched = ['peer_addr', 'client_addr', 'listener', 'backend', 'endpoint', 'sni', 'unique_id'];
  const q = query.get('q') ?? '';
  const found = all.filter(
    (each) =>
      searched.some((field) => (each[field] ?? '').includes(q)) &&
      (query.get('listener') ?? each.listener) === each.listener &&
      (query.get('id') ?? each.id) === each.id,
  );
  return {
    node: world.node,
    state: query.get('state') ?? 'live',
    total: all.length,
    matched: found.length,
    connections: found.slice(0, Number(query.get('limit') ?? 100)),
  };
}

const bounds = [
  [0.0001, 20],
  [0.0005, 4100],
  [0.001, 4800],
  [0.005, 5090],
  [0.1, 5119],
  [null, 5120],
];

const documents = {
  '/listeners': listenersOf,
  '/connections': connectionsOf,
  '/backends': (world) => ({
    node: world.node,
    backends: world.backends,
    connect_seconds: { count: 5120, sum: 3.1, buckets: bounds.map(([le, count]) => ({ le, count })) },
  }),
  '/refusals': (world) => ({ node: world.node, refusals: world.refusals }),
};

function answer(world, page, request, response) {
  const url = new URL(request.url, 'http://mock');
  if (world.silent) return request.socket.destroy();
  if (url.pathname === '/') return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  if (world.token !== null && request.headers.authorization !== `Bearer ${world.token}`) {
    return response.writeHead(401, { 'Content-Type': 'text/plain' }).end('a token is wanted\n');
  }
  const make = url.pathname === world.missing ? null : documents[url.pathname];
  if (!make) return response.writeHead(404).end('there is no such page\n');
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(make(world, url.searchParams)));
}

// Listens on loopback; resolves to { url, close }.
export function serve(world, page, port = 0) {
  const server = createServer((request, response) => answer(world, page, request, response));
  return new Promise((listening) =>
    server.listen(port, '127.0.0.1', () =>
      listening({
        url: `http://127.0.0.1:${server.address().port}/`,
        close: () => {
          server.closeAllConnections();
          return new Promise((closed) => server.close(closed));
        },
      }),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, port] = process.argv.slice(2);
  console.log((await serve(makeWorld(), readFileSync(file), Number(port ?? 0))).url);
}
