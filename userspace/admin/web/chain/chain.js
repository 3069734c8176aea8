// Which hop knows a connection's client, and which lost it. Pure: a connection as /connections has it, and what is
// configured, in; hops, links between them and a verdict out.
import { arrivalOf } from './arrival.js';
import { departureOf } from './departure.js';
import { finding, hop, knows, states } from './parts.js';

export { states } from './parts.js';

function stateHere(connection, arrival) {
  if (arrival.stopped) return 'refused';
  const state = arrival.finding?.state ?? 'kept';
  return state === 'lost' ? 'wrong' : state;
}

function gatewayHop(node, connection, listener, arrival) {
  const notes = [listener.bind ? `${connection.listener} · ${listener.bind}` : connection.listener];
  if (listener.accept_proxy) notes.push(`accept_proxy: ${listener.accept_proxy}`);
  const address = connection.client_addr;
  const state = stateHere(connection, arrival);
  const known = address ? knows(state, 'takes for the client', address) : null;
  return hop('This gateway', node, { state, notes, known });
}

// The worst finding; of two that are alike the one that came first.
function verdictOf(arrival, departure) {
  const [worst] = [arrival.finding, departure.finding]
    .filter(Boolean)
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  return worst ?? finding('kept', 'kept', 'Kept on every hop', departure.text, departure.caution);
}

// `listener` is that of /listeners, or missing; so is `advice`, cause and remedy, where nothing was refused.
export function chainOf({ node, connection, listener = {}, advice }) {
  const arrival = arrivalOf(connection, listener, advice);
  const departure = departureOf(connection, listener, arrival, advice);
  return {
    hops: [...arrival.hops, gatewayHop(node, connection, listener, arrival), departure.hop],
    links: [...arrival.links, departure.link],
    learnt: arrival.learnt,
    verdict: verdictOf(arrival, departure),
  };
}

// The verdict alone, for a row of a table.
export const judge = (connection, listener) => chainOf({ node: '', connection, listener }).verdict;

// The same in sentences, one for each hop and each link on the way.
export function inWords(chain) {
  return chain.hops.flatMap(({ role, name, notes, knows: known }, i) => {
    const noted = notes.length > 0 ? ` (${notes.join(', ')})` : '';
    const line = `${role}: ${name}${noted}${known ? `, ${known.label} ${known.address}` : ''}`;
    const next = chain.links[i];
    return next ? [line, [next.how, next.word].filter(Boolean).join(': ')] : [line];
  });
}
