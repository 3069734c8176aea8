// From the client to this gateway: the hops that are known of, and how the address came here. Pure.
import { hostOf, isPrivate } from '../format.js';
import { carriers, finding, here, hop, knows, link, refusal } from './parts.js';

// What a peer can do wrong before it is known who the client is.
const ofHeader = /^(untrusted_|header_|version_disallowed|checksum_mismatch|empty_probe)/;

const proxy = (connection, known = null) => hop('Proxy', connection.peer_addr, { notes: ['trusted'], known });

// A client that is private may be a hop that masquerades.
function doubtOf(address, before) {
  return finding(
    'doubt',
    'private address',
    `Kept from here on. Before ${before} it may be lost`,
    `${hostOf(address)} is a private address. If it is not the client's own but that of a gateway, or of a hop ` +
      `that masquerades, the client was lost before ${before}.`,
    before === here
      ? 'If it is a gateway: let it send a PROXY header, and add its address to trusted_cidrs.'
      : `If it is a gateway: let it send a PROXY header to ${before}, and let that one trust it.`,
  );
}

function told(connection) {
  const { client_addr: address, peer_addr: peer, client_source: source } = connection;
  const doubt = isPrivate(address);
  const how = carriers[source] ?? source;
  const state = doubt ? 'doubt' : 'kept';
  return {
    hops: [hop('Client', address, { state }), proxy(connection, knows(state, 'says the client is', address))],
    links: [link(state, doubt ? 'private address' : 'as the proxy says'), link('kept', how)],
    learnt: `${hostOf(peer)} says so by ${source === 'xff' ? how : `a ${how}`}, and is trusted`,
    finding: doubt ? doubtOf(address, hostOf(peer)) : null,
  };
}

function forItself(connection) {
  return {
    hops: [hop('Proxy, for itself', connection.peer_addr, { notes: ['trusted'] })],
    links: [link('kept', 'header names nobody')],
    learnt: 'its header names nobody, so it speaks for itself, as health checks do',
    finding: null,
  };
}

function direct({ client_addr: address }) {
  const doubt = isPrivate(address);
  const state = doubt ? 'doubt' : 'kept';
  return {
    hops: [hop('Client', address, { state })],
    links: [link(state, doubt ? 'private address' : 'direct')],
    learnt: 'it connects here itself',
    finding: doubt ? doubtOf(address, here) : null,
  };
}

const lostBefore = (peer) => ['lost', 'lost before here', `Lost between ${peer} and ${here}`];

// A trusted peer that may leave its header out, and did.
function headerLeftOut(connection) {
  const peer = hostOf(connection.peer_addr);
  return {
    hops: [hop('Client', 'unknown', { state: 'lost' }), proxy(connection)],
    links: [link('unknown', 'not told'), link('lost', 'no header')],
    learnt: `${peer} sent no header, and so is taken for the client itself`,
    finding: finding(
      ...lostBefore(peer),
      `${peer} is trusted to speak for clients, and sent no PROXY header. So it is taken for the client itself.`,
      `Turn the header on in ${peer} (HAProxy: send-proxy-v2; nginx stream: proxy_protocol on), then set ` +
        'accept_proxy: strict here.',
    ),
  };
}

function refused(connection, advice) {
  const { peer_addr: peer, reason, looks_like: looks } = connection;
  const state = reason === 'header_missing' ? 'lost' : 'refused';
  const last = link(state, looks ? `${reason}: looks like ${looks}` : reason);
  const what = state === 'lost' ? lostBefore(hostOf(peer)) : ['refused', 'refused', `Refused: ${reason}`];
  const common = { stopped: true, learnt: null, finding: refusal(...what, connection, advice) };
  const trusted = connection.trusted && ofHeader.test(reason) && !reason.startsWith('untrusted_');
  if (!trusted) return { ...common, hops: [hop('Peer', peer, { state })], links: [last] };
  return {
    ...common,
    hops: [hop('Client', 'unknown', { state }), proxy(connection)],
    links: [link('unknown', 'not told'), last],
  };
}

function notIdentified({ peer_addr: peer, end }) {
  return {
    hops: [hop('Peer', peer, { state: 'unknown' })],
    links: [end ? link('unknown', 'ended before') : link('unknown', 'being identified', 'not known yet')],
    learnt: null,
    finding: end
      ? finding(
          'unknown',
          'not known',
          'It ended before its client was known',
          `${peer} went before it said who it is.`,
        )
      : finding(
          'unknown',
          'not known yet',
          'Not known yet: being identified',
          `${peer} has connected; who the client is depends on what it sends.`,
        ),
  };
}

// Whether it was refused before anybody but the peer could be the client.
function isStopped({ client_addr: client, client_source: source, reason }) {
  return Boolean(reason) && (!client || (source === 'peer' && ofHeader.test(reason)));
}

// Hops and links in order; how the client was learnt; a finding where the address is not certain to have come here.
// `stopped`: the connection got no further.
export function arrivalOf(connection, listener, advice) {
  if (isStopped(connection)) return refused(connection, advice);
  if (!connection.client_addr) return notIdentified(connection);
  switch (connection.client_source) {
    case 'local':
      return forItself(connection);
    case 'peer':
      return connection.trusted && listener.accept_proxy !== 'off' ? headerLeftOut(connection) : direct(connection);
    default:
      return told(connection);
  }
}
