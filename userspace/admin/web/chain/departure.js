// From this gateway to the backend: how it is told the client, and whom it sees. Pure.
import { hostOf } from '../format.js';
import { carriers, finding, here, hop, knows, link, refusal } from './parts.js';

const backendHop = ({ backend, endpoint }, known) =>
  hop(backend ? `Backend ${backend}` : 'Backend', endpoint, { state: known.state, known });

const noBackend = ({ backend, endpoint }, state, name = 'not connected') =>
  hop(backend ? `Backend ${backend}` : 'Backend', endpoint ?? name, { state });

function refused(connection, advice) {
  const { reason } = connection;
  return {
    hop: noBackend(connection, 'refused'),
    link: link('refused', reason),
    finding: refusal('refused', 'refused', `Refused by ${here}: ${reason}`, connection, advice),
  };
}

function notConnected(connection, listener) {
  if (connection.end) {
    return {
      hop: noBackend(connection, 'unknown'),
      link: link('unknown', 'ended before', ''),
      finding: finding('unknown', 'not connected', 'It ended before a backend was connected', ''),
    };
  }
  const waiting = listener.routes === 'requests' ? 'no request under way' : 'being connected';
  return {
    hop: noBackend(connection, 'unknown', 'none yet'),
    link: link('unknown', waiting, ''),
    finding: finding('unknown', 'no backend yet', `Known here; no backend yet: ${waiting}`, ''),
  };
}

// The backend's socket shows this gateway.
function lost(connection, how, text, remedy) {
  const seen = connection.upstream_addr ?? `an address of ${here}`;
  const title = `Lost between ${here} and ${connection.backend}`;
  return {
    hop: backendHop(connection, knows('lost', 'sees', seen)),
    link: link('lost', how),
    finding: finding('lost', 'lost after here', title, `${text} It sees ${seen}, which is ${here}.`, remedy),
  };
}

const toldNothing = (connection) =>
  lost(
    connection,
    'identity: none',
    'The backend is told nothing (identity: none).',
    'Set identity: proxy-v2 if the backend reads the PROXY protocol, xff for HTTP, or peername if it runs on this ' +
      'kernel and reads no header.',
  );

const notDelivered = (connection) =>
  lost(
    connection,
    `${connection.identity}: not delivered`,
    `The client was to be shown to ${connection.endpoint} by ${connection.identity}, and its socket did not take it.`,
    "The log warns of it with the reason. Most often the backend's socket is outside the cgroup attached to, or on " +
      'another kernel: realpeer doctor tells.',
  );

const ways = {
  'proxy-v2': 'by a PROXY v2 header',
  'proxy-v1': 'by a PROXY v1 header',
  xff: 'by X-Forwarded-For',
  peername: 'by accept() and getpeername()',
  transparent: 'as the address that connects',
};

// What only the receiver can judge.
function cautionOf({ identity, upstream_addr: ours }) {
  if (!carriers[identity]) return null;
  const read = identity === 'xff' ? 'X-Forwarded-For' : 'the header';
  const shows = ours ? hostOf(ours) : 'this gateway';
  return `If it shows ${shows} all the same, it does not read ${read}, or does not trust this gateway.`;
}

// The believed client, right or wrong. Whether a name was taken is looked at when the connection ends.
function told(connection, wrong) {
  const { backend, endpoint, identity, identity_delivered: delivered, client_addr: address } = connection;
  const unsure = identity === 'peername' && delivered !== true && !wrong;
  const state = wrong ? 'wrong' : unsure ? 'unknown' : 'kept';
  const word = connection.end ? 'not known' : 'not known yet';
  const text = `${backend} at ${endpoint} is told ${address} ${ways[identity] ?? `by ${identity}`}.`;
  const title = `Known here; whether ${backend} took it is ${connection.end ? 'not known' : 'known when it ends'}`;
  return {
    hop: backendHop(connection, knows(state, 'is told', address)),
    link: link(state, carriers[identity] ?? identity, unsure ? word : undefined),
    text,
    caution: cautionOf(connection),
    finding: unsure ? finding('unknown', word, title, text) : null,
  };
}

// One hop and the link to it; a finding where it is not certain to learn the client, else what it is told.
export function departureOf(connection, listener, arrival, advice) {
  if (arrival.stopped) {
    return { hop: noBackend(connection, 'unknown'), link: link('unknown', 'not reached', ''), finding: null };
  }
  if (connection.reason) return refused(connection, advice);
  if (!connection.endpoint || !connection.identity) return notConnected(connection, listener);
  if (connection.identity === 'none') return toldNothing(connection);
  if (connection.identity_delivered === false) return notDelivered(connection);
  return told(connection, arrival.finding?.state === 'lost');
}
