// The connection that the picture is of: the newest, or one that somebody chose.
import { get } from './api.js';
import { chainOf } from './chain/chain.js';
import { showPicture } from './chain/picture.js';
import { byId, setText, showFacts } from './dom.js';
import { bytes, clock, duration, percent, requestLine } from './format.js';

// Requests on one connection have lines of their own once they ended, with the connection's id.
export function keyOf(connection) {
  return connection.end && connection.request ? `${connection.id}/${connection.request.id}` : String(connection.id);
}

// A refusal, as if it came from the list of ended connections.
export function connectionOf(refusal) {
  const { client_addr: client, peer_addr: peer } = refusal;
  const source = client ? (client === peer ? 'peer' : 'header') : null;
  return { ...refusal, client_source: source, trusted: source !== 'peer', end: 'rejected' };
}

const newest = async (state) => (await get('/connections', { state, limit: 1 })).connections[0] ?? null;

// The one that is held: as long as it lives by its id, and then by the line that it left.
async function again(held) {
  for (const state of ['live', 'ended']) {
    const { connections } = await get('/connections', { state, id: held.id });
    const found =
      connections.find((each) => keyOf(each) === held.key) ??
      connections.find((each) => String(each.id) === String(held.id));
    if (found) return found;
  }
  return null;
}

export class Shown {
  #held = null; // { id, key }
  connection = null;
  refusal = null;

  get held() {
    return this.#held !== null;
  }
  get key() {
    return this.#held?.key ?? (this.connection ? keyOf(this.connection) : null);
  }

  hold(connection) {
    this.#held = { id: connection.id, key: keyOf(connection) };
    this.connection = connection;
    this.refusal = null;
  }
  holdRefusal({ key, refusal }) {
    this.#held = { id: refusal.id, key };
    this.connection = connectionOf(refusal);
    this.refusal = refusal;
  }
  follow() {
    this.#held = null;
    this.refusal = null;
  }
  // Another daemon gives the same ids to others.
  forget() {
    if (!this.connection?.end) this.follow();
  }

  // Looks at it again; `listed` are the newest live connections where they have just been asked for.
  async refresh(listed) {
    const held = this.#held;
    if (held && this.connection.end) return;
    const found = held
      ? ((await again(held)) ?? this.connection)
      : (listed?.[0] ?? (await newest('live')) ?? (await newest('ended')));
    if (held === this.#held) this.connection = found;
  }
}

// Of a refusal fewer are known than of a connection.
function factsOf(connection) {
  const { request, tlv_types: tlvs, bytes_in: incoming, bytes_out: outgoing } = connection;
  const known = (value, write) => (value === null || value === undefined ? null : write(value));
  const hex = (type) => `0x${type.toString(16).padStart(2, '0')}`;
  const spliced = () => percent(connection.bytes_spliced, incoming + outgoing);
  return [
    ['Connection', connection.id],
    ['Began', clock(connection.ts)],
    [connection.end ? 'Lasted' : 'Age', known(connection.duration_ms, duration)],
    ['Ended', connection.end && [connection.end, connection.reason].filter(Boolean).join(': ')],
    ['From client', known(incoming, bytes)],
    ['To client', known(outgoing, bytes)],
    ['Path', known(connection.path, (path) => `${path}, ${spliced()} in the kernel`)],
    ['Server name', connection.sni],
    ['Request', known(request, requestLine)],
    ['Unique id', connection.unique_id],
    ['TLVs', known(tlvs, (types) => types.map(hex).join(' '))],
    ['Looks like', connection.looks_like],
    ['Detail', connection.reason ? null : connection.detail], // else the verdict has it
  ].filter(([, value]) => value);
}

function headline(shown) {
  const { connection } = shown;
  const what = shown.refusal ? 'Refusal' : connection.end ? 'Ended connection' : 'Live connection';
  return `${what} ${connection.id} at ${connection.listener}`;
}

// Draws it; `listeners` by name, and explain(listener, reason) has cause and remedy of a refusal.
export function showShown(shown, node, listeners, explain) {
  const { connection } = shown;
  byId('chain-none').hidden = connection !== null;
  byId('chain-some').hidden = connection === null;
  const follow = byId('follow');
  setText(follow, shown.held ? 'Follow the newest' : 'Hold');
  follow.hidden = connection === null;
  setText(byId('chain-which'), connection === null ? '' : shown.held ? headline(shown) : `Newest: ${headline(shown)}`);
  if (connection === null) return;
  const advice = shown.refusal ?? (connection.reason ? explain(connection.listener, connection.reason) : null);
  const chain = chainOf({ node, connection, listener: listeners.get(connection.listener), advice });
  showPicture(chain, headline(shown));
  showFacts(byId('facts'), factsOf(connection));
  setText(byId('learnt'), chain.learnt ? `How the client was learnt: ${chain.learnt}.` : '');
}
