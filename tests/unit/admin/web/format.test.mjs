// Numbers, times and addresses as people read them.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as format from '../../../../userspace/admin/web/format.js';

process.env.TZ = 'UTC';

function holds(what, convert, table) {
  for (const [value, text] of table) {
    test(`${what}: ${JSON.stringify(value)} is ${text}`, () => assert.equal(convert(value), text));
  }
}

holds('bytes', format.bytes, [
  [null, '–'],
  [undefined, '–'],
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [18_377, '18.4 kB'],
  [999_400, '999 kB'],
  [999_600, '1.00 MB'],
  [16_777_371, '16.8 MB'],
  [5e9, '5 GB'],
  [7.25e15, '7.25 PB'],
  [9e18, '9000 PB'],
]);
holds('rate', format.rate, [
  [null, '–'],
  [0, '0/s'],
  [0.125, '0.13/s'],
  [12.34, '12.3/s'],
  [999.6, '1000/s'],
  [12_345.6, '12,346/s'],
]);
holds('bytes per second', format.byteRate, [
  [null, '–'],
  [0, '0 B/s'],
  [1500, '1.50 kB/s'],
]);
holds('count', format.count, [
  [null, '–'],
  [0, '0'],
  [50_000, '50,000'],
]);
holds('compact', format.compact, [
  [0, '0'],
  [987, '987'],
  [6_480_018, '6.48M'],
]);
holds('duration', format.duration, [
  [null, '–'],
  [-3, '0 ms'],
  [467, '467 ms'],
  [1000, '1.0 s'],
  [9999, '9.9 s'],
  [59_999, '59 s'],
  [60_000, '1 min 00 s'],
  [3_599_999, '59 min 59 s'],
  [7_500_000, '2 h 05 min'],
  [86_400_000, '1 d 00 h'],
  [3_110_400_000, '36 d 00 h'],
]);
holds('seconds', format.seconds, [
  [0.0001, '100 µs'],
  [0.0005, '500 µs'],
  [0.005, '5 ms'],
  [0.25, '250 ms'],
  [2.5, '2.50 s'],
]);
holds('clock', format.clock, [
  [null, '–'],
  ['2026-11-22T03:04:05.678Z', '03:04:05'],
]);
holds('host', format.hostOf, [
  ['203.0.113.42:55222', '203.0.113.42'],
  ['[2001:db8::1]:443', '2001:db8::1'],
]);
holds('several', (number) => format.several(number, 'refusal'), [
  [0, '0 refusals'],
  [1, '1 refusal'],
  [2000, '2,000 refusals'],
]);

holds('percent', ([part, whole]) => format.percent(part, whole), [
  [[0, 0], '–'],
  [[0, 10], '0 %'],
  [[1, 1000], '<1 %'],
  [[1, 3], '33 %'],
  [[9996, 10_000], '99 %'],
  [[10, 10], '100 %'],
]);

for (const [address, is] of [
  ['10.0.0.1:1', true],
  ['172.16.0.1:1', true],
  ['172.31.255.255:1', true],
  ['192.168.1.1:1', true],
  ['100.64.0.1:1', true],
  ['100.127.0.1:1', true],
  ['127.0.0.1:1', true],
  ['169.254.1.1:1', true],
  ['[::ffff:10.0.0.1]:1', true],
  ['[::1]:1', true],
  ['[fd00:c::42]:1', true],
  ['[fe80::1]:1', true],
  ['172.15.0.1:1', false],
  ['172.32.0.1:1', false],
  ['100.63.0.1:1', false],
  ['100.128.0.1:1', false],
  ['203.0.113.42:10', false],
  ['110.0.0.1:1', false],
  ['[2001:db8::1]:1', false],
  ['[::ffff:203.0.113.1]:1', false],
]) {
  test(`${address} is ${is ? '' : 'not '}private`, () => assert.equal(format.isPrivate(address), is));
}
