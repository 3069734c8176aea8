// Who was refused, why, and what mends it.
import { badge, byId, el, keyed, remake, setAttribute, setText } from './dom.js';
import { clock, count, missing, several } from './format.js';
import { selectable } from './grid.js';

const atFirst = 20;
const recently = 60; // seconds

let all = false;
let listed = []; // { key, refusal }, the newest first
let shown = null; // the key of the one in the picture
let mark = () => {};

// By reason, over all listeners; the most frequent first.
function byReason(listeners) {
  const found = new Map();
  for (const { name, rejected } of listeners) {
    for (const { reason, count: number, cause, remedy } of rejected ?? []) {
      if (number === 0) continue;
      const entry = found.get(reason) ?? { reason, cause, remedy, total: 0, at: [] };
      entry.total += number;
      entry.at.push(`${name} ${count(number)}`);
      found.set(reason, entry);
    }
  }
  return [...found.values()].sort((a, b) => b.total - a.total || a.reason.localeCompare(b.reason));
}

// How many of this reason (null: of any) there were in the last minute: by the counters since this page looks, or as
// many as are remembered of before.
export function lately(reason, rates, now) {
  const since = Date.parse(now) - 1000 * recently;
  const remembered = listed.filter(
    ({ refusal }) => Date.parse(refusal.ts) > since && refusal.reason === (reason ?? refusal.reason),
  );
  return Math.max(remembered.length, rates.refusedWithin(recently, reason));
}

function newReason(entry) {
  return el(
    'li',
    { class: 'card reason' },
    el('div', { class: 'line' }, el('h3', {}, entry.reason), el('span', { class: 'total' }), badge('calm', '')),
    el('p', { class: 'sub where' }),
    el('p', {}, el('span', { class: 'key' }, 'Cause: '), el('span', { class: 'cause' })),
    el('p', {}, el('span', { class: 'key' }, 'Remedy: '), el('span', { class: 'remedy' })),
  );
}

function fillReason(item, entry, recent) {
  setText(item.querySelector('.total'), count(entry.total));
  const now = item.querySelector('.badge');
  setAttribute(now, 'class', `badge ${recent > 0 ? 'lost' : 'calm'}`);
  setText(now, recent > 0 ? `${count(recent)} in the last minute` : 'none in the last minute');
  setText(item.querySelector('.where'), entry.at.join(' · '));
  setText(item.querySelector('.cause'), entry.cause ?? missing);
  setText(item.querySelector('.remedy'), entry.remedy ?? missing);
}

export function showReasons(document, rates) {
  const reasons = byReason(document.listeners);
  keyed(
    byId('reasons'),
    reasons,
    (entry) => entry.reason,
    newReason,
    (item, entry) => fillReason(item, entry, lately(entry.reason, rates, document.now)),
  );
  byId('reasons-none').hidden = reasons.length > 0;
}

// One connection can be refused several times, request by request.
function keysOf(refusals) {
  const seen = new Map();
  return refusals.map((refusal) => {
    const key = `refusal ${refusal.id} ${refusal.ts} ${refusal.reason}`;
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return { key: `${key} ${times}`, refusal };
  });
}

const columns = ['time', 'reason', 'listener', 'peer', 'detail'];

function newRow({ refusal }) {
  const { peer_addr: peer, client_addr: client } = refusal;
  const id = refusal.unique_id && `unique id ${refusal.unique_id}`;
  const looks = refusal.looks_like && `looks like ${refusal.looks_like}`;
  const text = {
    time: clock(refusal.ts),
    reason: refusal.reason,
    listener: refusal.listener,
    peer: client && client !== peer ? `${peer} for ${client}` : peer,
    detail: [looks, refusal.detail, id].filter(Boolean).join('; ') || missing,
  };
  const cells = columns.map((name) => el('td', { role: 'gridcell', class: `r-${name}` }, text[name]));
  return el('tr', { role: 'row', 'aria-selected': 'false' }, cells);
}

function showRows() {
  const rows = all ? listed : listed.slice(0, atFirst);
  keyed(
    byId('refusal-rows'),
    rows,
    ({ key }) => key,
    newRow,
    () => {},
  );
  mark(shown);
  const more = byId('more-refusals');
  more.hidden = listed.length <= atFirst;
  setText(more, all ? `Show ${atFirst} only` : `Show ${listed.length - atFirst} more`);
}

export function showRefusals(document) {
  listed = keysOf(document.refusals);
  for (const id of ['newest-title', 'newest-note', 'refusal-table']) byId(id).hidden = listed.length === 0;
  const remembered = several(listed.length, 'refusal');
  setText(byId('newest-note'), `${remembered} remembered, the newest first. Choose one to see it in the picture.`);
  showRows();
}

// Null where the picture is of something else.
export function markRefusal(key) {
  shown = key;
  mark(key);
}

export function startRefusals(chosen) {
  mark = selectable(byId('refusal-rows'), (key) => chosen(listed.find((each) => each.key === key)));
  byId('more-refusals').addEventListener('click', () => {
    all = !all;
    showRows();
  });
}
