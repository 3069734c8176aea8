// Rates over time, drawn by uPlot.
import uPlot from 'uplot';
import { byId, setAttribute, setText } from './dom.js';
import { byteRate, clock, rate } from './format.js';

const shown = { most: 600, least: 60 }; // seconds
const height = 150;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// `height`: what is shown at least.
const charts = {
  connections: {
    title: 'connections per second',
    unit: rate,
    height: 1,
    lines: [
      { kind: 'accepted', name: 'accepted', colour: '--accent' },
      { kind: 'refused', name: 'refused', colour: '--lost' },
    ],
  },
  bytes: {
    title: 'bytes per second',
    unit: byteRate,
    height: 1000,
    lines: [
      { kind: 'kernel', name: 'in the kernel', colour: '--ok' },
      { kind: 'relay', name: 'relayed', colour: '--warn' },
    ],
  },
};

const axis = () => ({
  stroke: () => colour('--muted'),
  font: '11px system-ui, sans-serif',
  grid: { stroke: () => colour('--line'), width: 1 },
  ticks: { show: false },
});

// From the first sample on. (uPlot's own idea of a single one is a day.)
function timesShown([first, ...rest]) {
  const last = rest.at(-1) ?? first ?? Date.now() / 1000;
  return [Math.max(last - shown.most, Math.min(first ?? last, last - shown.least)), last];
}

function plot(chart, into) {
  const line = ({ name, colour: stroke }, i) => ({
    label: name,
    width: 2,
    points: { show: false },
    dash: i > 0 ? [6, 3] : undefined,
    stroke: () => colour(stroke),
    spanGaps: false,
  });
  return new uPlot(
    {
      width: into.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: (self) => timesShown(self.data[0]) },
        y: { range: (_, lowest, highest) => [0, Math.max(chart.height, (highest ?? 0) * 1.15)] },
      },
      series: [{}, ...chart.lines.map(line)],
      axes: [
        {
          ...axis(),
          space: 70,
          size: 26,
          values: (_, times) => times.map((time) => clock(time * 1000).slice(0, time % 60 === 0 ? 5 : 8)),
        },
        { ...axis(), size: 66, gap: 4, space: 34, values: (_, numbers) => numbers.map((number) => chart.unit(number)) },
      ],
    },
    chart.lines.map(() => []).concat([[]]),
    into,
  );
}

// What the picture shows, for those who do not see it.
function describe(chart, name, values, latest) {
  const most = values.map((line) => (line.length > 0 ? Math.max(...line) : null));
  const parts = chart.lines.map((line, i) => `${line.name} now ${chart.unit(latest[i])}, most ${chart.unit(most[i])}`);
  return `${chart.title}${name === null ? '' : ` of ${name}`}, last 10 minutes: ${parts.join('; ')}`;
}

function showChart(id, chart, rates, name) {
  const into = byId(`chart-${id}`);
  chart.plot ??= plot(chart, into);
  const data = rates.series(name, ...chart.lines.map(({ kind }) => kind));
  chart.plot.setData(data);
  const latest = chart.lines.map(({ kind }) => rates.now(name, kind));
  setAttribute(into, 'aria-label', describe(chart, name, data.slice(1), latest));
  chart.lines.forEach(({ kind }, i) => setText(byId(`now-${kind}`), chart.unit(latest[i])));
}

export function showCharts(rates, name) {
  for (const [id, chart] of Object.entries(charts)) showChart(id, chart, rates, name);
}

export function redrawCharts() {
  for (const { plot: drawn } of Object.values(charts)) drawn?.redraw(false, true);
}

export function startCharts() {
  new ResizeObserver(() => {
    for (const [id, { plot: drawn }] of Object.entries(charts)) {
      drawn?.setSize({ width: byId(`chart-${id}`).clientWidth, height });
    }
  }).observe(byId('rates'));
}
