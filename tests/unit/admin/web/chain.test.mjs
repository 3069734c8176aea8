// Which hop lost the address, for every way in which one can.
import assert from 'node:assert/strict';
import test from 'node:test';
import { chainOf, inWords, judge } from '../../../../userspace/admin/web/chain/chain.js';

const strict = { name: 'in', bind: '0.0.0.0:2222', accept_proxy: 'strict', routes: 'all' };
const optional = { ...strict, accept_proxy: 'optional' };
const off = { ...strict, accept_proxy: 'off' };

// Kept on every hop, from a proxy's header to ours.
const kept = {
  id: '1',
  listener: 'in',
  peer_addr: '10.100.0.9:51820',
  client_addr: '203.0.113.42:55222',
  client_source: 'proxy-v2',
  trusted: true,
  backend: 'app',
  endpoint: '10.100.3.7:2222',
  identity: 'proxy-v2',
  identity_delivered: null,
  upstream_addr: '10.100.3.1:49166',
  path: 'sockmap',
  end: null,
  reason: null,
};
const direct = { ...kept, client_source: 'peer', trusted: false, peer_addr: '203.0.113.42:55222' };
const unproxied = { ...kept, client_source: 'peer', client_addr: kept.peer_addr };
const unrouted = { ...kept, backend: null, endpoint: null, identity: null, upstream_addr: null, path: null };
const unnamed = { ...unrouted, client_addr: null, client_source: null };

const by = (identity, delivered, connection = kept) => ({ ...connection, identity, identity_delivered: delivered });
const from = (address, connection = kept) => ({ ...connection, client_addr: address });
const refused = (reason, connection = unnamed) => ({ ...connection, end: 'rejected', reason });
const ended = (connection) => ({ ...connection, end: 'closed' });

// A connection and its listener; the state of each link from the client on, and the verdict.
const table = [
  ['a header is believed and another written', kept, strict, 'kept kept kept', 'kept'],
  ['a direct client', direct, off, 'kept kept', 'kept'],
  ['a direct client of a mixed listener', direct, { ...strict, accept_proxy: 'mixed' }, 'kept kept', 'kept'],
  ['a client of whose listener nothing is known', direct, undefined, 'kept kept', 'kept'],
  ['a proxy for itself', { ...from(kept.peer_addr), client_source: 'local' }, strict, 'kept kept', 'kept'],
  ['X-Forwarded-For', by('xff', null, { ...kept, client_source: 'xff' }), off, 'kept kept kept', 'kept'],
  ['a name that was delivered', by('peername', true), strict, 'kept kept kept', 'kept'],
  ['an address that was taken', by('transparent', true), strict, 'kept kept kept', 'kept'],
  ['a connection from that address', by('transparent', null), strict, 'kept kept kept', 'kept'],

  ['a trusted peer without a header', unproxied, optional, 'unknown lost wrong', 'lost'],
  ['the same of whose listener nothing is known', unproxied, undefined, 'unknown lost wrong', 'lost'],
  ['identity none', by('none', null), strict, 'kept kept lost', 'lost'],
  ['a name that was not delivered', by('peername', false), strict, 'kept kept lost', 'lost'],
  ['an address that was not', by('transparent', false, direct), off, 'kept lost', 'lost'],
  ['lost on both sides', by('none', null, unproxied), optional, 'unknown lost lost', 'lost'],
  ['no header where one is required', refused('header_missing'), strict, 'unknown lost unknown', 'lost'],

  ['a direct client with a private address', from('10.1.1.1:5', direct), off, 'doubt kept', 'doubt'],
  ['a header that names a private address', from('100.64.0.9:5'), strict, 'doubt kept kept', 'doubt'],
  ['the same, and nothing told', by('none', null, from('100.64.0.9:5')), strict, 'doubt kept lost', 'lost'],

  ['a stranger', refused('untrusted_source', { ...unnamed, trusted: false }), strict, 'refused unknown', 'refused'],
  ['the header of a stranger', refused('untrusted_header', direct), optional, 'refused unknown', 'refused'],
  ['a stranger that says no more', refused('header_timeout', direct), optional, 'refused unknown', 'refused'],
  ['a hello that is not finished', refused('header_timeout', unrouted), strict, 'kept kept refused', 'refused'],
  ['a broken header', refused('header_malformed'), strict, 'unknown refused unknown', 'refused'],
  ['a client over its rate', refused('rate_limited', unrouted), strict, 'kept kept refused', 'refused'],
  ['a backend that is down', refused('backend_unavailable', kept), strict, 'kept kept refused', 'refused'],

  ['one being identified', unnamed, strict, 'unknown unknown', 'unknown'],
  ['one that ended before', ended(unnamed), strict, 'unknown unknown', 'unknown'],
  ['one being connected', unrouted, strict, 'kept kept unknown', 'unknown'],
  ['one that ended before', ended(unrouted), strict, 'kept kept unknown', 'unknown'],
  ['one between two requests', unrouted, { ...off, routes: 'requests' }, 'kept kept unknown', 'unknown'],
  ['a name of which nothing is known yet', by('peername', null), strict, 'kept kept unknown', 'unknown'],
  ['a name of which nothing was known', ended(by('peername', null)), strict, 'kept kept unknown', 'unknown'],
];

for (const [name, connection, listener, links, verdict] of table) {
  test(`${name}: ${links}`, () => {
    const chain = chainOf({ node: 'n', connection, listener });
    assert.equal(chain.links.map(({ state }) => state).join(' '), links);
    assert.equal(chain.hops.length, chain.links.length + 1);
    assert.equal(chain.verdict.state, verdict);
    assert.deepEqual(judge(connection, listener), chain.verdict);
    assert.ok(chain.verdict.title && chain.verdict.short);
    for (const text of [...inWords(chain), ...Object.values(chain.verdict)])
      assert.doesNotMatch(`${text}`, /undefined|null./);
  });
}

test('The backend is told the client, and sees this gateway where it is not told', () => {
  const told = chainOf({ node: 'n', connection: kept, listener: strict }).hops.at(-1);
  assert.deepEqual(told.knows, { state: 'kept', label: 'is told', address: '203.0.113.42:55222' });
  const untold = chainOf({ node: 'n', connection: { ...kept, identity: 'none' }, listener: strict }).hops.at(-1);
  assert.deepEqual(untold.knows, { state: 'lost', label: 'sees', address: '10.100.3.1:49166' });
});

test('What is lost before is passed on as a wrong address', () => {
  const connection = { ...kept, client_source: 'peer', client_addr: kept.peer_addr };
  const { hops, verdict } = chainOf({ node: 'n', connection, listener: optional });
  assert.equal(hops[0].name, 'unknown');
  assert.equal(hops.at(-1).knows.state, 'wrong');
  assert.match(verdict.title, /between 10\.100\.0\.9 and this gateway/);
  assert.match(verdict.remedy, /send-proxy-v2/);
});

test("A refusal is told in the daemon's own words", () => {
  const connection = {
    ...unnamed,
    end: 'rejected',
    reason: 'header_missing',
    looks_like: 'ssh',
    detail: 'the first byte is S',
  };
  const { verdict, links } = chainOf({
    node: 'n',
    connection,
    listener: strict,
    advice: { cause: 'why', remedy: 'how' },
  });
  assert.equal(verdict.text, 'why Detail: the first byte is S.');
  assert.equal(verdict.remedy, 'how');
  assert.equal(links[1].how, 'header_missing: looks like ssh');
});

test('In words there is a line for each hop and each link', () => {
  const lines = inWords(chainOf({ node: 'edge', connection: kept, listener: strict }));
  assert.equal(lines.length, 7);
  assert.equal(
    lines[4],
    'This gateway: edge (in · 0.0.0.0:2222, accept_proxy: strict), takes for the client 203.0.113.42:55222',
  );
  assert.equal(lines[5], 'PROXY v2 header: kept');
});
