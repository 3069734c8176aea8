// Rates from counters, over restarts and gaps.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Rates } from '../../../../userspace/admin/web/rates.js';

const start = '2026-01-02T03:00:00.000Z';
const at = (seconds) => new Date(Date.parse(start) + 1000 * seconds).toISOString();

// A document of /listeners at this second, of listeners by name: [accepted, relayed, spliced, refused by reason].
function told(second, listeners, started = start) {
  return {
    started,
    now: at(second),
    listeners: Object.entries(listeners).map(([name, [connections, relay, sockmap, rejected = {}]]) => ({
      name,
      connections,
      bytes: { in: { relay, sockmap }, out: { relay, sockmap: 0 } },
      rejected: Object.entries(rejected).map(([reason, count]) => ({ reason, count })),
    })),
  };
}

test('The first document tells no rate', () => {
  const rates = new Rates();
  assert.equal(rates.add(told(0, { a: [100, 1, 1] })), false);
  assert.equal(rates.now(null, 'accepted'), null);
  assert.deepEqual(rates.series(null, 'accepted'), [[], []]);
});

test('A rate is a difference by the time between, of one listener or all', () => {
  const rates = new Rates();
  rates.add(told(0, { a: [100, 10, 1000, { x: 1 }], b: [0, 0, 0] }));
  assert.equal(rates.add(told(2, { a: [110, 20, 5000, { x: 4 }], b: [2, 0, 0] })), false);
  assert.equal(rates.now(null, 'accepted'), 6);
  assert.equal(rates.now('a', 'accepted'), 5);
  assert.equal(rates.now('b', 'accepted'), 1);
  assert.equal(rates.now('nobody', 'accepted'), 0);
  assert.equal(rates.now(null, 'relay'), 10);
  assert.equal(rates.now(null, 'kernel'), 2000);
  assert.equal(rates.now(null, 'refused'), 1.5);
  assert.deepEqual(rates.series('a', 'accepted', 'refused'), [[Date.parse(at(2)) / 1000], [5], [1.5]]);
});

test('A listener that is new begins at nothing', () => {
  const rates = new Rates();
  rates.add(told(0, { a: [100, 0, 0] }));
  assert.equal(rates.add(told(1, { a: [100, 0, 0], b: [7, 0, 0] })), false);
  assert.equal(rates.now('b', 'accepted'), 7);
});

test('Counters that go back, or another start, are a restart: a gap, never a negative rate', () => {
  for (const after of [told(4, { a: [3, 0, 0] }), told(4, { a: [900, 9, 9] }, at(3))]) {
    const rates = new Rates();
    rates.add(told(0, { a: [100, 5, 5] }));
    rates.add(told(2, { a: [104, 5, 5] }));
    assert.equal(rates.add(after), true);
    assert.deepEqual(rates.series('a', 'accepted')[1], [2, null]);
    assert.equal(rates.now(null, 'accepted'), null);
    const next = {
      ...after,
      now: at(6),
      listeners: [{ ...after.listeners[0], connections: after.listeners[0].connections + 8 }],
    };
    assert.equal(rates.add(next), false);
    assert.equal(rates.now(null, 'accepted'), 4);
  }
});

test('Where nobody looked for long there is a gap', () => {
  const rates = new Rates();
  rates.add(told(0, { a: [0, 0, 0] }));
  rates.add(told(60, { a: [6000, 0, 0] }));
  assert.deepEqual(rates.series(null, 'accepted')[1], [null]);
});

test('A clock that is set back does not fold the time axis', () => {
  const rates = new Rates();
  for (const second of [0, 2, 4, 1, 3]) rates.add(told(second, { a: [second, 0, 0] }));
  const times = rates.series(null, 'accepted')[0];
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('Only the newest are kept', () => {
  const rates = new Rates(5);
  for (let second = 0; second < 20; ++second) rates.add(told(second, { a: [second * 3, 0, 0] }));
  assert.deepEqual(rates.series(null, 'accepted')[1], [3, 3, 3, 3, 3]);
});

test('Refusals of late are counted by reason', () => {
  const rates = new Rates();
  for (let second = 0; second <= 100; second += 2) rates.add(told(second, { a: [0, 0, 0, { x: second, y: 1 }] }));
  assert.equal(rates.refusedWithin(60, 'x'), 60);
  assert.equal(rates.refusedWithin(60, 'y'), 0);
  assert.equal(rates.refusedWithin(60, null), 60);
});

test('Fields that are missing count nothing', () => {
  const rates = new Rates();
  const bare = (second) => ({ started: start, now: at(second), listeners: [{ name: 'a' }] });
  rates.add(bare(0));
  assert.equal(rates.add(bare(2)), false);
  assert.equal(rates.now(null, 'kernel'), 0);
});
