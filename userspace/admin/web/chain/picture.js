// The chain as a picture.
import { inWords } from './chain.js';
import { layout } from './layout.js';
import { byId, el, remake, setText, svg } from '../dom.js';

// Text is measured in the fonts that the style sheet gives it.
let canvas = null;
const families = new Map();
function measure(text, style) {
  canvas ??= document.createElement('canvas').getContext('2d');
  if (!families.has(style)) {
    const probe = svg('text', { class: style });
    const holder = svg('svg', { class: 'chain', width: 0, height: 0 }, probe);
    document.body.append(holder);
    const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(probe);
    families.set(style, `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`);
    holder.remove();
  }
  canvas.font = families.get(style);
  return canvas.measureText(text).width;
}

function drawBox(box, hop) {
  const { x, y, width, height } = box;
  const known = hop.knows;
  return svg(
    'g',
    { transform: `translate(${x} ${y})` },
    svg('rect', { class: `box ${hop.state}`, width, height, rx: 6 }),
    known &&
      svg('path', {
        class: `foot ${known.state}`,
        d: `M1 ${box.foot}H${width - 1}V${height - 6}a5 5 0 0 1 -5 5H6a5 5 0 0 1 -5 -5Z`,
      }),
    box.lines.map((line) => svg('text', { class: line.style, x: line.x, y: line.y }, line.text)),
  );
}

// What the eye finds before it reads: a cross, a bar, a question mark; nothing where all is well.
function drawMark(state, { x, y }) {
  if (state === 'kept') return null;
  const signs = {
    lost: svg('path', { d: 'M-4 -4L4 4M4 -4L-4 4' }),
    wrong: svg('path', { d: 'M0 -5V1M0 4V5' }),
    refused: svg('path', { d: 'M-5 0H5' }),
  };
  const sign = signs[state] ?? svg('path', { d: 'M-3 -2.5A3 3 0 1 1 0 1V2M0 5V5.5' });
  return svg('g', { class: `mark ${state}`, transform: `translate(${x} ${y})` }, svg('circle', { r: 8.5 }), sign);
}

function drawLink(laid, link) {
  const { from, to } = laid;
  const head =
    from.x === to.x
      ? `M${to.x - 5} ${to.y - 8}L${to.x} ${to.y}L${to.x + 5} ${to.y - 8}Z`
      : `M${to.x - 8} ${to.y - 5}L${to.x} ${to.y}L${to.x - 8} ${to.y + 5}Z`;
  const stop = from.x === to.x ? { x: to.x, y: to.y - 6 } : { x: to.x - 6, y: to.y };
  return svg(
    'g',
    { class: `link ${link.state}` },
    svg('line', { x1: from.x, y1: from.y, x2: stop.x, y2: stop.y }),
    svg('path', { class: 'head', d: head }),
    drawMark(link.state, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }),
    laid.labels.map((label) =>
      svg('text', { class: label.style, x: label.x, y: label.y, 'text-anchor': label.anchor }, label.text),
    ),
  );
}

function draw(chain, title, width) {
  const laid = layout(chain, width, measure);
  return svg(
    'svg',
    {
      class: 'chain',
      width: laid.width,
      height: laid.height,
      viewBox: `0 0 ${laid.width} ${laid.height}`,
      role: 'img',
      'aria-labelledby': 'chain-svg-title chain-svg-desc',
    },
    svg('title', { id: 'chain-svg-title' }, title),
    svg('desc', { id: 'chain-svg-desc' }, `${inWords(chain).join('. ')}.`),
    laid.links.map((link, i) => drawLink(link, chain.links[i])),
    laid.boxes.map((box, i) => drawBox(box, chain.hops[i])),
  );
}

// Shows the chain, and what became of the address on it.
export function showPicture(chain, title) {
  const into = byId('picture');
  const width = Math.floor(into.clientWidth);
  // Not laid out, or hidden: it is asked again when it has a width.
  if (width > 0) remake(into, [chain, title, width], () => draw(chain, title, width));
  const { state, title: found, text, remedy } = chain.verdict;
  byId('verdict').className = `verdict ${state}`;
  setText(byId('verdict-title'), found);
  setText(byId('verdict-text'), text ?? '');
  setText(byId('verdict-remedy'), remedy ?? '');
  remake(byId('chain-words'), inWords(chain), () => inWords(chain).map((line) => el('li', {}, line)));
}
