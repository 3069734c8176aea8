// Listeners: whom they believe, where they lead, and what is questionable about them.
import { badge, byId, el, keyed, remake, setText, showFacts } from './dom.js';
import { bytes, count, several } from './format.js';
import { total } from './rates.js';

const policies = {
  off: () => 'No header is looked for: whoever connects is the client.',
  strict: (from) => `A PROXY header is required, and only from ${from}; all others are refused.`,
  mixed: (from) => `A PROXY header is required from ${from}; all others are clients themselves, and may not send one.`,
  optional: (from) => `A PROXY header is used if ${from} send one; without it they are taken for clients themselves.`,
};

const routes = {
  all: 'all to one backend',
  server_names: 'by the server name in the ClientHello',
  requests: 'by host and path of each request',
};

function policyOf(listener) {
  const from = listener.trusted_cidrs?.length > 0 ? listener.trusted_cidrs.join(', ') : 'nobody';
  const words = policies[listener.accept_proxy];
  const dropped = listener.untrusted === 'drop' ? ' Untrusted SYNs are dropped in the kernel.' : '';
  return (words ? words(from) : '') + dropped;
}

// "2 relay, 40 sockmap", of what there is any of.
function listed(object, nameOf = (key) => key) {
  const there = Object.entries(object ?? {}).filter(([, number]) => number > 0);
  return there.map(([key, number]) => `${count(number)} ${nameOf(key)}`).join(', ');
}

function numbersOf({ active, bytes: moved, headers, requests, rejected, connections }) {
  const [incoming, outgoing] = [total(moved?.in), total(moved?.out)];
  const kernel = incoming + outgoing - (moved?.in?.relay ?? 0) - (moved?.out?.relay ?? 0);
  const now = listed(active, (path) => (path === 'none' ? 'on their way' : path));
  const seen = (headers ?? []).map(({ version, result, count: number }) => `${count(number)} ${version} ${result}`);
  return [
    ['Live', `${count(total(active))}${now && ` (${now})`}`],
    ['Accepted', count(connections)],
    ['Bytes', `${bytes(incoming)} in, ${bytes(outgoing)} out, ${bytes(kernel)} of them in the kernel`],
    ['Headers', seen.join(', ')],
    ['Requests', listed(requests, (status) => (status === 'none' ? 'unanswered' : status))],
    ['Refused', count((rejected ?? []).reduce((all, each) => all + each.count, 0))],
  ].filter(([, value]) => value !== '');
}

function lintItem({ severity, place, text }) {
  const kind = badge(severity === 'error' ? 'lost' : 'doubt', severity);
  return el('li', { class: 'lint' }, kind, ` ${text}`, place && el('span', { class: 'sub place' }, place));
}

function newListener(listener) {
  const address = el('span', { class: 'address' });
  const tags = el('span', { class: 'tags' });
  return el(
    'li',
    { class: 'card' },
    el('div', { class: 'line' }, el('h3', {}, listener.name), address, tags),
    el('p', { class: 'policy' }),
    el('p', { class: 'sub leads' }),
    el('ul', { class: 'plain lints' }),
    el('dl', { class: 'facts' }),
  );
}

function fillListener(item, listener) {
  setText(item.querySelector('.line .address'), listener.bind);
  const tags = [`accept_proxy: ${listener.accept_proxy}`, listener.tls ? 'ends TLS' : null].filter(Boolean);
  remake(item.querySelector('.tags'), tags, () => tags.map((tag) => badge('calm', tag)));
  setText(item.querySelector('.policy'), policyOf(listener));
  const to = (listener.backends ?? []).join(', ');
  setText(item.querySelector('.leads'), `Leads ${routes[listener.routes] ?? listener.routes}: ${to}`);
  remake(item.querySelector('.lints'), listener.lint ?? [], () => (listener.lint ?? []).map(lintItem));
  showFacts(item.querySelector('.facts'), numbersOf(listener));
}

export const lintsOf = (document) => document.listeners.flatMap((listener) => listener.lint ?? []);

export function showListeners(document) {
  keyed(byId('listener-list'), document.listeners, ({ name }) => name, newListener, fillListener);
  const { path, reason } = document.datapath ?? {};
  setText(byId('datapath'), path ? `Data path: ${path} (${reason}).` : '');
  setText(byId('lint-count'), lintsOf(document).length > 0 ? several(lintsOf(document).length, 'warning') : '');
}
