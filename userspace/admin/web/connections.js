// The table of connections. The daemon searches; here is what it found.
import { judge, states } from './chain/chain.js';
import { badge, byId, el, keyed, remake, setBadge, setText } from './dom.js';
import { bytes, clock, count, duration, missing, percent, requestLine } from './format.js';
import { selectable } from './grid.js';
import { keyOf } from './shown.js';

const limit = 100;
const atFirst = matchMedia('(max-width: 640px)').matches ? 10 : 25;
const patience = 250; // ms from the last key on

const asked = { state: 'live', q: '', listener: '', limit };
let all = false;
let listed = [];
let mark = () => {};
let hold = () => {};

export const parameters = () => ({ ...asked });
export const isPlain = () => asked.state === 'live' && asked.q === '' && asked.listener === '';

const cells = ['client', 'verdict', 'listener', 'backend', 'told', 'path', 'bytes', 'age'];

function newCell(name) {
  const main = name === 'verdict' ? badge('unknown', '') : el('span', { class: 'main' });
  return el('td', { role: 'gridcell', class: `c-${name}` }, main, el('span', { class: 'sub' }));
}

const newRow = () => el('tr', { role: 'row', 'aria-selected': 'false' }, cells.map(newCell));

function fillCell(row, name, main, sub) {
  const cell = row.children[cells.indexOf(name)];
  setText(cell.firstElementChild, main);
  setText(cell.lastElementChild, sub ?? '');
}

function sourceOf(connection) {
  const { client_source: source, peer_addr: peer } = connection;
  if (!source) return 'not known yet';
  if (source === 'peer') return connection.trusted ? 'trusted peer, no header' : 'direct';
  return source === 'local' ? 'proxy, for itself' : `${source} from ${peer}`;
}

function toldBy({ identity, identity_delivered: delivered }) {
  if (delivered === null || delivered === undefined) return '';
  return identity && (delivered ? 'delivered' : 'not delivered');
}

function fillRow(row, connection, listener) {
  const verdict = judge(connection, listener);
  const moved = connection.bytes_in + connection.bytes_out;
  fillCell(row, 'client', connection.client_addr ?? connection.peer_addr, sourceOf(connection));
  row.firstElementChild.firstElementChild.classList.toggle('long', (connection.client_addr ?? '').length > 40);
  fillCell(row, 'verdict', verdict.short, connection.reason);
  setBadge(row.children[cells.indexOf('verdict')].firstElementChild, verdict.state, verdict.short);
  fillCell(row, 'listener', connection.listener, connection.request ? requestLine(connection.request) : connection.sni);
  fillCell(row, 'backend', connection.backend ?? 'no backend', connection.endpoint);
  fillCell(row, 'told', connection.identity ?? '', toldBy(connection));
  const share = connection.path && moved > 0 ? `${percent(connection.bytes_spliced, moved)} in kernel` : '';
  fillCell(row, 'path', connection.path ?? missing, share);
  fillCell(row, 'bytes', `${bytes(connection.bytes_in)} in`, `${bytes(connection.bytes_out)} out`);
  const began = clock(connection.ts);
  if (connection.end) fillCell(row, 'age', began, connection.end);
  else fillCell(row, 'age', duration(connection.duration_ms), `since ${began}`);
}

function matches(document) {
  const { total, matched, connections } = document;
  const kind = document.state === 'ended' ? 'remembered of those that ended' : 'live';
  const given = asked.q !== '' || asked.listener !== '';
  const found = given ? `${count(matched)} of ${count(total)} ${kind} match` : `${count(total)} ${kind}`;
  return connections.length < matched ? `${found}; the newest ${count(connections.length)} are here` : found;
}

// How many of the listed there are of each verdict, the worst first; each with an example.
function tally(connections, listeners) {
  const found = new Map();
  for (const connection of connections) {
    const { state, short } = judge(connection, listeners.get(connection.listener));
    const entry = found.get(short) ?? { state, short, number: 0, example: connection };
    ++entry.number;
    found.set(short, entry);
  }
  return [...found.values()].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
}

let examples = new Map(); // by verdict: the buttons outlive the rows

function newTallyButton({ short }) {
  const button = el('button', { type: 'button', title: 'Show the newest of them' });
  button.addEventListener('click', () => hold(examples.get(short)));
  return button;
}

function showTally(connections, listeners) {
  const entries = tally(connections, listeners);
  examples = new Map(entries.map(({ short, example }) => [short, example]));
  const show = (button, { state, short, number }) => setBadge(button, state, `${count(number)} ${short}`);
  keyed(byId('tally'), entries, ({ short }) => short, newTallyButton, show);
}

function showRows(shownKey, listeners) {
  const rows = all ? listed : listed.slice(0, atFirst);
  keyed(byId('rows'), rows, keyOf, newRow, (row, connection) =>
    fillRow(row, connection, listeners.get(connection.listener)),
  );
  mark(shownKey);
  const more = byId('more');
  more.hidden = listed.length <= atFirst;
  setText(more, all ? `Show ${atFirst} only` : `Show ${listed.length - atFirst} more`);
}

export function markShown(key) {
  mark(key);
}

export function showConnections(document, listeners, shownKey) {
  listed = document.connections;
  setText(byId('matched'), matches(document));
  const nothing = byId('rows-none');
  nothing.hidden = listed.length > 0;
  setText(
    nothing,
    asked.q !== '' || asked.listener !== ''
      ? 'Nothing matches.'
      : asked.state === 'live'
        ? 'Nobody is connected.'
        : 'None has ended yet.',
  );
  byId('table').hidden = listed.length === 0;
  showTally(listed, listeners);
  showRows(shownKey, listeners);
}

// Once the names of listeners are known.
export function offerListeners(select, list) {
  const chosen = select.value;
  remake(select, list, () => [
    el('option', { value: '' }, 'All listeners'),
    ...list.map((name) => el('option', { value: name }, name)),
  ]);
  if (select.value !== chosen) select.value = list.includes(chosen) ? chosen : '';
}

// `ask` fetches anew; chosen(connection) is told which one somebody wants to see.
export function startConnections(ask, chosen) {
  hold = chosen;
  mark = selectable(byId('rows'), (key) => chosen(listed.find((each) => keyOf(each) === key)));
  let timer = 0;
  byId('search').addEventListener('input', (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      asked.q = event.target.value.trim();
      ask();
    }, patience);
  });
  byId('filters').addEventListener('change', (event) => {
    if (event.target.name !== 'state' && event.target.id !== 'of-listener') return;
    asked.state = byId('filters').elements.state.value;
    asked.listener = byId('of-listener').value;
    ask();
  });
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('more').addEventListener('click', () => {
    all = !all;
    ask();
  });
}
