// The page: asks the daemon in rounds, and shows what it says.
import { TokenWanted, Unanswered, get } from './api.js';
import { showBackends } from './backends.js';
import { redrawCharts, showCharts, startCharts } from './charts.js';
import { isPlain, markShown, offerListeners, parameters, showConnections, startConnections } from './connections.js';
import { byId, setText } from './dom.js';
import { clock } from './format.js';
import { showListeners } from './listeners.js';
import { startPolling } from './poll.js';
import { Rates } from './rates.js';
import { markRefusal, showReasons, showRefusals, startRefusals } from './refusals.js';
import { Shown, showShown } from './shown.js';
import { announce, answered, showEndpoints, showPaused, showTraffic, unanswered } from './status.js';
import { startTheme } from './theme.js';
import { startToken, tokenTaken, wantToken } from './token.js';

const rates = new Rates();
const shown = new Shown();
let listeners = new Map(); // by name, as /listeners has them
let node = '';
let paused = false;

const chosenListener = () => byId('chart-listener').value || null;

// Cause and remedy of a refusal, in the daemon's words.
const explain = (listener, reason) => listeners.get(listener)?.rejected?.find((each) => each.reason === reason) ?? null;

function takeListeners(document) {
  const restarted = rates.add(document);
  if (restarted) shown.forget();
  node = document.node;
  listeners = new Map(document.listeners.map((listener) => [listener.name, listener]));
  const names = [...listeners.keys()];
  offerListeners(byId('chart-listener'), names);
  offerListeners(byId('of-listener'), names);
  showTraffic(document, rates);
  showListeners(document);
  showReasons(document, rates);
  showCharts(rates, chosenListener());
  return restarted ? `The daemon was restarted at ${clock(document.started)}: its counters began anew.` : '';
}

// What one answer leads to; another's failure is no reason to show less. Returns news.
function take(answer, complaint, show) {
  if (answer.status === 'fulfilled') {
    complaint.hidden = true;
    return show(answer.value) ?? '';
  }
  complaint.hidden = false;
  setText(complaint, answer.reason.message || 'no answer');
  return '';
}

const showChain = () => {
  showShown(shown, node, listeners, explain);
  markShown(shown.key);
  markRefusal(shown.key);
};

async function round() {
  const wanted = parameters();
  const plain = isPlain();
  const answers = await Promise.allSettled([
    get('/listeners'),
    get('/backends'),
    get('/connections', wanted),
    get('/refusals', { limit: 100 }),
  ]);
  const failed = (kind) => answers.filter(({ reason }) => reason instanceof kind).length;
  if (failed(TokenWanted) > 0) return wantToken();
  if (failed(Unanswered) === answers.length) return unanswered();
  tokenTaken();
  let news = answered();
  const [ofListeners, ofBackends, ofConnections, ofRefusals] = answers;
  take(ofRefusals, byId('refusals-trouble'), showRefusals);
  news += take(ofListeners, byId('listeners-trouble'), takeListeners);
  take(ofBackends, byId('backends-trouble'), (document) => {
    showBackends(document);
    showEndpoints(document);
  });
  const live = ofConnections.status === 'fulfilled' && plain ? ofConnections.value.connections : null;
  await shown.refresh(live?.length > 0 ? live : null).catch(() => {}); // the table says what is wrong
  take(ofConnections, byId('connections-trouble'), (document) => showConnections(document, listeners, shown.key));
  showChain();
  announce(news);
}

// Shows what was chosen where it can be seen.
function lookAt() {
  showChain();
  const place = byId('chain').getBoundingClientRect();
  if (place.top < 0 || place.top > innerHeight / 2) byId('chain').scrollIntoView();
  setText(byId('said'), byId('verdict-title').textContent);
}

function start() {
  startCharts();
  startTheme(redrawCharts);
  const polling = startPolling(round);
  startToken(polling.soon);
  startConnections(polling.soon, (connection) => {
    if (!connection) return;
    shown.hold(connection);
    lookAt();
  });
  startRefusals((entry) => {
    if (!entry) return;
    shown.holdRefusal(entry);
    lookAt();
  });
  byId('follow').addEventListener('click', () => {
    if (shown.held) shown.follow();
    else shown.hold(shown.connection);
    showChain();
    polling.soon();
  });
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    setText(byId('pause'), paused ? 'Go on' : 'Pause');
    polling.pause(paused);
    showPaused(paused);
  });
  byId('chart-listener').addEventListener('change', () => showCharts(rates, chosenListener()));
  new ResizeObserver(showChain).observe(byId('picture'));
}

start();
