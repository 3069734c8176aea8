// Backends, their endpoints, and how long it takes to reach them.
import { badge, byId, el, keyed, remake, setAttribute, setText } from './dom.js';
import { count, missing, seconds, several } from './format.js';

const told = {
  'proxy-v2': 'is told the client by a PROXY v2 header',
  'proxy-v1': 'is told the client by a PROXY v1 header',
  peername: 'learns the client from the kernel, by accept() and getpeername()',
  transparent: "is connected to from the client's own address",
  xff: 'is told the client by X-Forwarded-For',
  none: 'is told nothing: the client is lost here',
};

// The bound below which this share of the attempts lie; null without any, Infinity above the last bound. Pure.
export function quantile({ count: all, buckets }, share) {
  if (!all) return null;
  const found = buckets.find((bucket) => bucket.count >= share * all);
  return found?.le ?? Infinity;
}

function timeText(connects) {
  if (!connects?.count) return 'No connection to a backend has been made yet.';
  const bound = (share) => {
    const at = quantile(connects, share);
    const most = connects.buckets.filter(({ le }) => le !== null).at(-1)?.le;
    return at === Infinity ? `above ${seconds(most)}` : `below ${seconds(at)}`;
  };
  const mean = seconds(connects.sum / connects.count);
  return `${several(connects.count, 'connection')} made: half ${bound(0.5)}, 99 % ${bound(0.99)}, mean ${mean}.`;
}

export const isUp = ({ state }) => state === 'up';

// How an endpoint's state is to be taken: on trial and resting may pass by themselves.
function stateClass(state) {
  if (state === 'up') return 'kept';
  return state === 'down' || state === 'unresolved' ? 'lost' : 'doubt';
}

function endpointRow(endpoint) {
  return el(
    'li',
    { class: 'endpoint' },
    badge(stateClass(endpoint.state), endpoint.state.replaceAll('_', ' ')),
    el('span', { class: 'address' }, endpoint.endpoint),
    endpoint.name && endpoint.name !== endpoint.endpoint && el('span', { class: 'sub' }, endpoint.name),
    el('span', { class: 'number' }, `${count(endpoint.active)} active`),
    endpoint.why && el('p', { class: 'why' }, endpoint.why),
  );
}

function newBackend(backend) {
  return el(
    'li',
    { class: 'card' },
    el('div', { class: 'line' }, el('h3', {}, backend.name), badge('calm', '')),
    el('p', { class: 'sub told' }),
    el('ul', { class: 'endpoints plain' }),
  );
}

function fillBackend(item, backend) {
  const up = backend.endpoints.filter(isUp).length;
  const whole = up === backend.endpoints.length;
  const state = item.querySelector('.line .badge');
  setAttribute(state, 'class', `badge ${whole ? 'kept' : up > 0 ? 'doubt' : 'lost'}`);
  setText(state, `${up} of ${backend.endpoints.length} up`);
  const checks = backend.health ? 'health is checked' : 'no health checks';
  const sentence = item.querySelector('.told');
  setAttribute(sentence, 'class', backend.identity === 'none' ? 'sub told warn-text' : 'sub told');
  setText(
    sentence,
    `identity: ${backend.identity} – ${told[backend.identity] ?? ''} · ${backend.balance ?? missing} · ${checks}`,
  );
  remake(item.querySelector('.endpoints'), backend.endpoints, () => backend.endpoints.map(endpointRow));
}

export function showBackends(document) {
  keyed(byId('backend-list'), document.backends, ({ name }) => name, newBackend, fillBackend);
  setText(byId('connect-times'), timeText(document.connect_seconds));
}
