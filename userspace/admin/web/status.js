// Whether the daemon answers, and how it fares in a few numbers.
import { isUp } from './backends.js';
import { byId, setAttribute, setBadge, setText } from './dom.js';
import { byteRate, clock, compact, count, duration, percent, rate, several } from './format.js';
import { lintsOf } from './listeners.js';
import { total } from './rates.js';
import { lately } from './refusals.js';

const over = (listeners, value) => listeners.reduce((all, listener) => all + value(listener), 0);

function tile(name, value, note, state = '') {
  const node = byId(`tile-${name}`);
  setAttribute(node, 'class', `tile ${state}`.trim());
  setText(node.querySelector('.value'), value);
  setText(node.querySelector('.note'), note);
}

export function showTraffic({ listeners, started, now, version, node, draining }, rates) {
  setText(byId('node'), node);
  document.title = `${node} – realpeer`;
  setText(byId('version'), `realpeer ${version}, up ${duration(Date.parse(now) - Date.parse(started))}`);
  byId('draining').hidden = !draining;
  const live = over(listeners, ({ active }) => total(active));
  const coming = over(listeners, ({ active }) => active?.none ?? 0);
  tile('live', count(live), coming > 0 ? `${count(coming)} on their way` : live === 1 ? 'connection' : 'connections');
  const accepted = over(listeners, ({ connections }) => connections ?? 0);
  tile('rate', rate(rates.now(null, 'accepted')), `${compact(accepted)} in all`);
  const kernel = rates.now(null, 'kernel');
  const all = kernel === null ? null : kernel + rates.now(null, 'relay');
  tile('bytes', byteRate(all), all > 0 ? `${percent(kernel, all)} in kernel` : 'both ways');
  const refused = lately(null, rates, now);
  tile('refused', count(refused), 'last minute', refused > 0 ? 'bad' : '');
  const lints = lintsOf({ listeners }).length;
  tile('lint', count(lints), 'of listeners', lints > 0 ? 'warn' : '');
}

export function showEndpoints({ backends }) {
  const endpoints = backends.flatMap((backend) => backend.endpoints);
  const up = endpoints.filter(isUp).length;
  const lost = backends.filter((backend) => !backend.endpoints.some(isUp)).length;
  const note = up === endpoints.length ? 'all up' : lost > 0 ? `${several(lost, 'backend')} down` : 'endpoints up';
  tile('backends', `${up}/${endpoints.length}`, note, lost > 0 ? 'bad' : up < endpoints.length ? 'warn' : '');
}

let silent = null; // since when
let paused = false;

function showState() {
  if (silent !== null) setBadge(byId('state'), 'lost', 'no answer');
  else setBadge(byId('state'), paused ? 'doubt' : 'kept', paused ? 'paused' : 'live');
}

export function showPaused(whether) {
  paused = whether;
  showState();
}

// What is said aloud changes only when the state does; the time beside it is for the eye.
export function answered() {
  const news = silent === null ? '' : `It answers again, after ${duration(Date.now() - silent)}.`;
  silent = null;
  showState();
  setText(byId('updated'), clock(Date.now()));
  document.body.classList.remove('stale');
  byId('trouble').hidden = true;
  return news;
}

export function unanswered() {
  silent ??= Date.now();
  showState();
  document.body.classList.add('stale');
  byId('trouble').hidden = false;
  const since = `The daemon does not answer since ${clock(silent)}.`;
  setText(byId('trouble'), `${since} What stands here is of before. Asking again every few seconds.`);
}

export function announce(text) {
  if (text !== '') setText(byId('news'), `${clock(Date.now())} ${text}`);
}
