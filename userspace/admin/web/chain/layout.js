// Where the parts of a chain stand in its picture. Pure: lengths are in pixels of a picture that is not scaled.

const wide = 940; // from here on the hops stand side by side
const padding = 10;
const line = 17;
const blank = 8;

// As many characters to a line as fit; addresses have no blanks, so words may be cut, best behind a separator.
export function wrap(text, width, measure) {
  const lines = [];
  let rest = text;
  while (rest.length > 1 && measure(rest) > width) {
    let fits = 1;
    while (fits < rest.length && measure(rest.slice(0, fits + 1)) <= width) ++fits;
    const head = rest.slice(0, fits);
    const blank = head.lastIndexOf(' ');
    const separator = Math.max(head.lastIndexOf(':'), head.lastIndexOf('.'), head.lastIndexOf(']'));
    const cut = blank > 0 ? blank + 1 : separator > fits / 3 ? separator + 1 : fits;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut);
  }
  lines.push(rest);
  return lines;
}

// Lines of text below each other, from a place on; two texts share a line where they fit.
class Lines {
  placed = [];

  constructor(x, y, room, measure, pairs = true) {
    Object.assign(this, { x, y, room, measure, pairs });
  }
  add(style, text) {
    for (const part of wrap(text, this.room, (piece) => this.measure(piece, style))) {
      this.placed.push({ style, text: part, x: this.x, y: this.y });
      this.y += line;
    }
  }
  pair([style, text], [other, more]) {
    const width = this.measure(text, style) + blank;
    this.add(style, text);
    if (!this.pairs || width + this.measure(more, other) > this.room) return this.add(other, more);
    this.placed.push({ style: other, text: more, x: this.x + width, y: this.y - line });
  }
}

// The lines of a hop from its top on, and where its foot begins: what it knows.
function linesOf(hop, width, measure, pairs) {
  const lines = new Lines(padding, padding + 12, width - 2 * padding, measure, pairs);
  lines.pair(['role', hop.role], ['name', hop.name]);
  for (const note of hop.notes) lines.add('note', note);
  const foot = hop.knows ? lines.y - 8 : null;
  if (hop.knows) {
    lines.y += 10;
    lines.pair(['label', hop.knows.label], ['address', hop.knows.address]);
  }
  return { lines: lines.placed, foot, height: lines.y - 6 };
}

// The same, higher: what it knows stays at the foot.
function stretched(laid, height) {
  const down = height - laid.height;
  if (laid.foot === null) return { ...laid, height };
  const lines = laid.lines.map((each) => (each.y < laid.foot ? each : { ...each, y: each.y + down }));
  return { lines, foot: laid.foot + down, height };
}

function sideBySide(chain, width, measure) {
  const count = chain.hops.length;
  const gap = Math.min(170, Math.max(116, width / (count * 2)));
  const box = Math.floor((width - gap * (count - 1) - 2) / count);
  const laid = chain.hops.map((hop) => linesOf(hop, box, measure, false));
  const height = Math.max(...laid.map((each) => each.height));
  const middle = height / 2 + 1;
  return {
    width,
    height: height + 2,
    boxes: laid.map((each, i) => ({ ...stretched(each, height), x: 1 + i * (box + gap), y: 1, width: box })),
    links: chain.links.map((link, i) => {
      const from = 1 + i * (box + gap) + box;
      const centre = from + gap / 2;
      const above = new Lines(centre, 0, gap - 14, measure);
      above.add('how', link.how);
      const below = new Lines(centre, middle + 24, gap - 14, measure);
      if (link.word) below.add('state', link.word);
      const labels = [
        ...above.placed.map((label) => ({ ...label, y: label.y + middle + 1 - above.y })),
        ...below.placed,
      ];
      return {
        from: { x: from + 3, y: middle },
        to: { x: from + gap - 4, y: middle },
        labels: labels.map((label) => ({ ...label, anchor: 'middle' })),
      };
    }),
  };
}

function stacked(chain, width, measure) {
  const boxes = [];
  const links = [];
  const box = Math.min(width - 2, 560);
  const arrow = 30; // from the left edge
  let y = 1;
  chain.hops.forEach((hop, i) => {
    const laid = linesOf(hop, box, measure, true);
    boxes.push({ ...laid, x: 1, y, width: box });
    y += laid.height;
    const link = chain.links[i];
    if (!link) return;
    const labels = new Lines(arrow + 20, y + 27, box - arrow - 24, measure);
    if (link.word) labels.pair(['state', link.word], ['how', link.how]);
    else labels.add('how', link.how);
    const gap = labels.y - y + 5;
    links.push({
      from: { x: arrow, y: y + 3 },
      to: { x: arrow, y: y + gap - 4 },
      labels: labels.placed.map((label) => ({ ...label, anchor: 'start' })),
    });
    y += gap;
  });
  return { width, height: y + 1, boxes, links };
}

// measure(text, style) is a text's width; style: of the lines of the result.
export function layout(chain, width, measure) {
  return width >= wide ? sideBySide(chain, width, measure) : stacked(chain, width, measure);
}
