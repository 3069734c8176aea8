// What happens per second, from counters that /listeners gives again and again. Pure.

const longest = 10; // seconds between two samples; beyond, nobody looked, and a mean would hide what happened

// Of the numbers in an object.
export const total = (object) => Object.values(object ?? {}).reduce((sum, number) => sum + number, 0);

// What one listener has counted so far.
function counted(listener) {
  const { in: incoming, out: outgoing } = listener.bytes ?? {};
  const all = total(incoming) + total(outgoing);
  const relay = (incoming?.relay ?? 0) + (outgoing?.relay ?? 0);
  const reasons = Object.fromEntries((listener.rejected ?? []).map(({ reason, count }) => [reason, count]));
  return { accepted: listener.connections ?? 0, refused: total(reasons), relay, kernel: all - relay, reasons };
}

const kinds = ['accepted', 'refused', 'relay', 'kernel'];

function difference(before, after) {
  const reasons = {};
  for (const [reason, count] of Object.entries(after.reasons)) reasons[reason] = count - (before?.reasons[reason] ?? 0);
  return { ...Object.fromEntries(kinds.map((kind) => [kind, after[kind] - (before?.[kind] ?? 0)])), reasons };
}

const goesBack = (listeners) => [...listeners.values()].some((each) => kinds.some((kind) => each[kind] < 0));

export class Rates {
  #most;
  #last = null; // { at, started, listeners: name → counted }
  #points = []; // { at, seconds, listeners: name → difference }; without listeners: a gap

  constructor(most = 300) {
    this.#most = most;
  }

  // Takes the next document of /listeners; whether the daemon has been restarted since the last.
  add(document) {
    const sample = {
      at: Date.parse(document.now) / 1000,
      started: document.started,
      listeners: new Map(document.listeners.map((listener) => [listener.name, counted(listener)])),
    };
    const last = this.#last;
    this.#last = sample;
    if (!last || sample.at === last.at) return false;
    const listeners = new Map();
    for (const [name, now] of sample.listeners) listeners.set(name, difference(last.listeners.get(name), now));
    const restarted = sample.started !== last.started || goesBack(listeners);
    const seconds = sample.at - last.at;
    if (restarted || seconds < 0 || seconds > longest) this.#push({ at: sample.at });
    else this.#push({ at: sample.at, seconds, listeners });
    return restarted;
  }

  #push(point) {
    // A clock that was set back would fold the time axis.
    this.#points = this.#points.filter(({ at }) => at < point.at).slice(1 - this.#most);
    this.#points.push(point);
  }

  // One listener's, or with null those of all.
  #of(point, name) {
    if (!point.listeners) return null;
    return name === null ? [...point.listeners.values()] : [point.listeners.get(name)].filter(Boolean);
  }

  #rate(point, name, kind) {
    const listeners = this.#of(point, name);
    return listeners && listeners.reduce((total, each) => total + each[kind], 0) / point.seconds;
  }

  // Seconds since 1970, and for each kind its rates; null where nothing is known.
  series(name, ...wanted) {
    return [
      this.#points.map(({ at }) => at),
      ...wanted.map((kind) => this.#points.map((point) => this.#rate(point, name, kind))),
    ];
  }

  // The newest rate; null before there is one.
  now(name, kind) {
    const point = this.#points.at(-1);
    return point ? this.#rate(point, name, kind) : null;
  }

  // How many refusals of this reason (null: of any) there were in the last seconds, as far as somebody looked.
  refusedWithin(seconds, reason) {
    const since = (this.#last?.at ?? 0) - seconds;
    let found = 0;
    for (const point of this.#points) {
      if (point.at <= since) continue;
      for (const each of this.#of(point, null) ?? [])
        found += reason === null ? each.refused : (each.reasons[reason] ?? 0);
    }
    return found;
  }
}
