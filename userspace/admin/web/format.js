// Numbers, times and addresses as people read them. Pure.

const grouped = new Intl.NumberFormat('en-US');

export const missing = '–';

// With three digits that say something: 9.87, 98.7, 987.
function short(number) {
  if (number >= 100 || Number.isInteger(number)) return String(Math.round(number));
  return number.toFixed(number >= 10 ? 1 : 2);
}

export function count(number) {
  return number === null || number === undefined ? missing : grouped.format(number);
}

const compacted = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

// Where there is little room: 6.48M.
export const compact = (number) => compacted.format(number);

// Decimal, as networks count.
export function bytes(number) {
  if (number === null || number === undefined) return missing;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let value = number;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    ++unit;
  }
  return `${unit === 0 ? Math.round(value) : short(value)} ${units[unit]}`;
}

// Of something per second.
export function rate(number) {
  if (number === null || number === undefined) return missing;
  return number >= 1000 ? `${grouped.format(Math.round(number))}/s` : `${short(Math.round(number * 100) / 100)}/s`;
}

export function byteRate(number) {
  return number === null || number === undefined ? missing : `${bytes(number)}/s`;
}

const two = (number) => String(number).padStart(2, '0');

export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return missing;
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 10) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

// A short time in seconds, as histograms have it.
export function seconds(value) {
  if (value < 0.001) return `${short(value * 1e6)} µs`;
  return value < 1 ? `${short(value * 1e3)} ms` : `${short(value)} s`;
}

// The time of day where the reader is.
export function clock(time) {
  if (!time) return missing;
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function percent(part, whole) {
  if (!whole) return missing;
  const share = (100 * part) / whole;
  if (share > 0 && share < 1) return '<1 %';
  return `${share > 99 && share < 100 ? 99 : Math.round(share)} %`;
}

// "203.0.113.42:55222" and "[2001:db8::1]:443": the host without brackets.
export function hostOf(endpoint) {
  const host = endpoint.slice(0, endpoint.lastIndexOf(':'));
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

// Whether a peer's address can be one that a masquerading hop gave it: private (RFC 1918, RFC 4193), shared (RFC 6598),
// of one link, or this host's own.
export function isPrivate(endpoint) {
  const host = hostOf(endpoint).replace(/^::ffff:(?=\d+\.)/i, '');
  if (/^(10|127)\./.test(host) || host.startsWith('192.168.') || host.startsWith('169.254.')) return true;
  const [, first, second] = /^(\d+)\.(\d+)\./.exec(host) ?? [];
  if (first === '172') return second >= 16 && second <= 31;
  if (first === '100') return second >= 64 && second <= 127;
  return host === '::1' || /^f[cd][0-9a-f]{2}:/i.test(host) || /^fe[89ab][0-9a-f]:/i.test(host);
}

// "GET git.example.com/path 200", of what is known of a request.
export function requestLine({ method, host, path, status }) {
  return [method, `${host ?? ''}${path ?? ''}`, status].filter(Boolean).join(' ');
}

// "1 refusal", "2 refusals".
export function several(number, one, more = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : more}`;
}
