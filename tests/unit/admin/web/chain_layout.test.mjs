// The picture's parts stand inside it, and do not cover each other.
import assert from 'node:assert/strict';
import test from 'node:test';
import { chainOf } from '../../../../userspace/admin/web/chain/chain.js';
import { layout, wrap } from '../../../../userspace/admin/web/chain/layout.js';

const glyph = 7.8; // wider than any font of the page is on average
const measure = (text) => text.length * glyph;

test('Text is cut where it may be, and nothing of it is left out', () => {
  for (const [text, width, lines] of [
    ['short', 100, ['short']],
    ['two words', 6 * glyph, ['two', 'words']],
    ['203.0.113.42:55222', 14 * glyph, ['203.0.113.42:', '55222']],
    ['abcdefgh', 3 * glyph, ['abc', 'def', 'gh']],
    ['', 10, ['']],
    ['wide', 1, ['w', 'i', 'd', 'e']],
  ]) {
    assert.deepEqual(wrap(text, width, measure), lines);
  }
});

const address = '[2001:db8:85a3:8d3:1319:8a2e:370:7348]:55222';
const connection = {
  id: '1',
  listener: 'a-listener-with-a-rather-long-name',
  peer_addr: address,
  client_addr: address,
  client_source: 'proxy-v2',
  trusted: true,
  backend: 'a-backend-with-a-rather-long-name',
  endpoint: address,
  identity: 'peername',
  identity_delivered: false,
  upstream_addr: address,
};
const listener = { bind: address, accept_proxy: 'strict' };

for (const width of [300, 346, 700, 939, 940, 1240]) {
  const chain = chainOf({ node: 'a-node', connection, listener });
  const laid = layout(chain, width, measure);
  test(`At ${width} pixels everything is inside`, () => {
    for (const box of laid.boxes) {
      assert.ok(
        box.x >= 0 && box.x + box.width <= laid.width && box.y + box.height <= laid.height,
        JSON.stringify(box),
      );
      for (const line of box.lines) {
        assert.ok(line.x + measure(line.text) <= box.width, line.text);
        assert.ok(line.y <= box.height, line.text);
      }
    }
    assert.equal(laid.boxes.length, 4);
    assert.equal(laid.width, width);
  });
  test(`At ${width} pixels each link leads from one hop to the next`, () => {
    laid.links.forEach(({ from, to }, i) => {
      const [before, after] = [laid.boxes[i], laid.boxes[i + 1]];
      if (from.x === to.x) assert.ok(from.y >= before.y + before.height && to.y <= after.y);
      else assert.ok(from.x >= before.x + before.width && to.x <= after.x);
    });
  });
}
