// The page in a browser, against a daemon of the test's making: what it shows of every state that one can be in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { eventually, faint, fits, launch, open, picture, says, schemes, sizes, textOf } from './browser.js';
import { serve } from './mock.js';
import { makeWorld } from './world.js';

const html = readFileSync(process.env.REALPEER_PAGE);
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

// A test with a world, its daemon and the page on it.
function on(name, options, story) {
  test(name, async () => {
    const world = makeWorld();
    options.world?.(world);
    const daemon = await serve(world, html);
    const opened = await open(browser, daemon.url, options);
    try {
      await story({ ...opened, world, daemon });
      assert.deepEqual(
        opened.complaints.filter((complaint) => !options.expected?.test(complaint)),
        [],
      );
    } finally {
      await opened.context.close();
      await daemon.close();
    }
  });
}

const shownRows = (page) => page.locator('#rows tr').count();
const nowAndThen = { expected: /Failed to load resource/ };

for (const scheme of schemes) {
  for (const size of sizes) {
    on(`At ${size.width} pixels in ${scheme} it fits, and can be read`, { scheme, size }, async ({ page }) => {
      await page.waitForSelector('#rows tr');
      await says(page, '#tile-rate .value', /\/s/);
      await fits(page);
      assert.deepEqual(await faint(page), []);
      await picture(page, `mock-${size.width}-${scheme}`);
    });
  }
}

on('Every way to lose the address is named, and shown in the picture', {}, async ({ page }) => {
  await page.waitForSelector('#tally button');
  for (const [short, title, link] of [
    ['lost after here', /^Lost between this gateway and metrics$/, '.link.lost'],
    ['lost before here', /^Lost between 10\.100\.0\.9 and this gateway$/, '.link.lost'],
    ['private address', /may be lost$/, '.link.doubt'],
    ['not known yet', /^Not known yet/, '.link.unknown'],
    ['kept', /^Kept on every hop$/, '.link.kept'],
  ]) {
    await page.locator('#tally button', { hasText: new RegExp(`\\d ${short}$`) }).click();
    await says(page, '#verdict-title', title);
    assert.ok((await page.locator(`#picture ${link}`).count()) > 0, short);
    const described = await page.locator('#picture svg desc').textContent();
    assert.match(described, /This gateway: production-1/);
    assert.match(await page.locator('#picture svg title').textContent(), /^Live connection \d+ at /);
  }
});

on('A refusal is shown with its cause and its remedy', { size: sizes[0] }, async ({ page }) => {
  await page.locator('#refusal-rows tr').first().click();
  await says(page, '#verdict-title', /^Lost between 10\.100\.0\.9 and this gateway$/);
  await says(page, '#verdict-text', /^a trusted peer sent something else before a PROXY header/);
  await says(page, '#verdict-remedy', /send-proxy-v2/);
  await says(page, '#chain-which', /^Refusal 1190 at gitea-ssh$/);
  await says(page, '#reasons', /untrusted_source[^]*header_missing[^]*backend_unavailable/);
  await picture(page, 'mock-refusal-380-light');
});

on('Text of strangers stays text', {}, async ({ page }) => {
  await says(page, '#rows', /<img src=x/);
  await says(page, '#refusal-rows', /<img src=x/);
  assert.equal(await page.locator('img').count(), 0);
  assert.match(await page.title(), /^production-1 – realpeer$/);
});

on('The daemon searches, once the keys rest', {}, async ({ page, world }) => {
  await page.waitForSelector('#rows tr');
  const asked = [];
  page.on('request', (request) => {
    const q = new URL(request.url()).searchParams.get('q');
    if (q && asked.at(-1) !== q) asked.push(q);
  });
  await says(page, '#matched', /^309 live; the newest 100 are here$/);
  await page.locator('#search').pressSequentially('198.51.100.24', { delay: 5 });
  await says(page, '#matched', /^\d+ of 309 live match$/);
  assert.deepEqual(asked, ['198.51.100.24']);
  await page.locator('#search').fill('nobody is called so');
  await says(page, '#rows-none', /^Nothing matches\.$/);
  assert.equal(await page.locator('#table').isVisible(), false);
  await page.locator('#search').fill('');
  await page.locator('#of-listener').selectOption('postgres');
  await says(page, '#matched', /^2 of 309 live match$/);
  assert.equal(await shownRows(page), 2);
  world.live = [];
  await page.locator('#of-listener').selectOption('');
  await says(page, '#rows-none', /^Nobody is connected\.$/);
});

on('Those that ended can be seen', { size: sizes[0] }, async ({ page }) => {
  await page.waitForSelector('#rows tr');
  await page.getByLabel('Ended').check();
  await says(page, '#matched', /^40 remembered of those that ended$/);
  await page.locator('#rows tr').nth(2).click();
  await says(page, '#chain-which', /^Ended connection 91098 at gitea-ssh$/);
});

on('More rows are shown on request', {}, async ({ page }) => {
  await page.waitForSelector('#rows tr');
  assert.equal(await shownRows(page), 25);
  await page.locator('#more').click();
  await eventually('100 rows', async () => (await shownRows(page)) === 100);
});

on('Rows are chosen by the keyboard, which always shows where it is', {}, async ({ page }) => {
  await page.waitForSelector('#rows tr');
  await page.keyboard.press('Tab');
  assert.equal(await textOf(page, ':focus'), 'Skip to the content');
  const outlined = () =>
    page.evaluate(() => {
      const node = document.activeElement.matches('.switch input')
        ? document.activeElement.nextElementSibling
        : document.activeElement;
      return getComputedStyle(node).outlineStyle !== 'none';
    });
  const stops = [];
  while (!(await page.locator('#rows tr:focus').count())) {
    await page.keyboard.press('Tab');
    stops.push(
      await page.evaluate(
        () => document.activeElement.id || document.activeElement.name || document.activeElement.tagName,
      ),
    );
    assert.ok(await outlined(), stops.join(' '));
    assert.ok(stops.length < 40, stops.join(' '));
  }
  assert.ok(
    ['pause', 'theme', 'tile-live', 'follow', 'search', 'of-listener', 'state'].every((id) => stops.includes(id)),
    stops.join(' '),
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await says(page, '#chain-which', /^Live connection 1205 at gitea-ssh$/);
  assert.equal(await page.locator('#rows tr[aria-selected="true"]').getAttribute('data-key'), '1205');
  assert.equal(await page.locator('#said').textContent(), 'Lost between this gateway and metrics');
  // It stays the one stop of the table, and the place of the focus, while rows come and go.
  await page.keyboard.press('End');
  assert.equal(await page.locator('#rows tr[tabindex="0"]').count(), 1);
});

on(
  'Focus stays with its row while others come and go, and goes to the neighbour when it ends',
  {},
  async ({ page, world }) => {
    await page.locator('#rows tr').nth(3).focus();
    const focused = () => page.evaluate(() => document.activeElement.dataset.key);
    assert.equal(await focused(), '1204');
    world.live.unshift({ ...world.live[0], id: '1300' }, { ...world.live[0], id: '1301' });
    await page.waitForSelector('#rows tr[data-key="1301"]');
    assert.equal(await focused(), '1204');
    world.live = world.live.filter(({ id }) => id !== '1204');
    await eventually('the row is gone', async () => (await page.locator('#rows tr[data-key="1204"]').count()) === 0);
    assert.ok((await page.locator('#rows tr:focus').count()) === 1);
  },
);

on('The picture is of the newest connection, until one is held', {}, async ({ page, world }) => {
  await says(page, '#chain-which', /^Newest: Live connection 1207 /);
  world.live.unshift({ ...world.live[0], id: '1300' });
  await says(page, '#chain-which', /^Newest: Live connection 1300 /);
  await page.locator('#follow').click();
  world.live.unshift({ ...world.live[0], id: '1301' });
  await page.waitForSelector('#rows tr[data-key="1301"]');
  await says(page, '#chain-which', /^Live connection 1300 /);
  // It ends while it is held.
  world.ended.unshift({ ...world.live[1], end: 'closed' });
  world.live.splice(1, 1);
  await says(page, '#chain-which', /^Ended connection 1300 /);
  await page.locator('#follow').click();
  await says(page, '#chain-which', /^Newest: Live connection 1301 /);
});

on(
  'Without any connection it says so',
  { world: (world) => Object.assign(world, { live: [], ended: [], refusals: [] }) },
  async ({ page }) => {
    await says(page, '#chain-none', /^No connection has been seen yet/);
    await says(page, '#rows-none', /^Nobody is connected/);
    assert.equal(await page.locator('#newest-title').isVisible(), false);
  },
);

on('It says that the daemon does not answer, and goes on when it does', nowAndThen, async ({ page, world }) => {
  await page.waitForSelector('#rows tr');
  world.silent = true;
  await says(page, '#trouble', /^The daemon does not answer since /);
  await says(page, '#state', /^no answer$/);
  await picture(page, 'mock-silent-1280-light');
  world.silent = false;
  await says(page, '#state', /^live$/);
  assert.equal(await page.locator('#trouble').isVisible(), false);
  await says(page, '#news', /It answers again, after /);
});

on('A restart of the daemon is no negative rate', {}, async ({ page, world }) => {
  await says(page, '#now-accepted', /^[\d.]+\/s$/);
  world.started = Date.now() - 1000;
  await says(page, '#news', /The daemon was restarted at /);
  await says(page, '#now-accepted', /^(–|[\d.,]+\/s)$/);
  await says(page, '#tile-live .value', /^\d+$/);
});

on('What was held is let go when another daemon gives its id to others', {}, async ({ page, world }) => {
  await page.locator('#rows tr').nth(1).click();
  await says(page, '#chain-which', /^Live connection 1206 /);
  world.started = Date.now() - 1000;
  await says(page, '#chain-which', /^Newest: Live connection 1207 /);
});

on('A daemon that drains is said to', {}, async ({ page, world }) => {
  await page.waitForSelector('#rows tr');
  assert.equal(await page.locator('#draining').isVisible(), false);
  world.draining = true;
  await says(page, '#draining', /^The daemon drains/);
});

on(
  'It asks for the token, and keeps it for this tab alone',
  { ...nowAndThen, size: sizes[0], world: (world) => (world.token = 'secret') },
  async ({ page }) => {
    await page.waitForSelector('#token');
    assert.equal(await page.locator('#content').isVisible(), false);
    await fits(page);
    await picture(page, 'mock-token-380-light');
    await page.keyboard.type('zwölf');
    await page.keyboard.press('Enter');
    await says(page, '#token-why', /^A token is of letters/);
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await says(page, '#token-why', /^That token was not taken/);
    await page.locator('#token').fill('secret');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.waitForSelector('#rows tr');
    assert.equal(await page.locator('#token-place').isVisible(), false);
    assert.doesNotMatch(page.url(), /secret/);
    await page.reload();
    await page.waitForSelector('#rows tr');
    assert.deepEqual(
      await page.evaluate(() => [sessionStorage.getItem('realpeer-token'), JSON.stringify(localStorage)]),
      ['secret', '{}'],
    );
  },
);

// By a clock of the test's.
on('It asks nothing while it is paused or hidden', { clock: true }, async ({ page }) => {
  let rounds = 0;
  page.on('request', (request) => (rounds += request.url().endsWith('/listeners') ? 1 : 0));
  // Time goes on in steps, with a request of our own in between: what the page asked before has been answered by then.
  const step = async () => {
    await page.clock.runFor(3000);
    await page.evaluate(() => fetch('/refusals').then((response) => response.text()));
  };
  const goesOn = async () => {
    rounds = 0;
    await eventually('it asks', async () => {
      await step();
      return rounds > 1;
    });
  };
  const rests = async () => {
    rounds = 0;
    for (let i = 0; i < 20; ++i) await step();
    assert.equal(rounds, 0);
  };
  const hide = (whether) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, whether);
  await page.waitForSelector('#rows tr');
  await goesOn();
  await page.locator('#pause').click();
  await says(page, '#state', /^paused$/);
  await rests();
  await page.locator('#pause').click();
  await goesOn();
  await hide(true);
  await rests();
  await hide(false);
  await goesOn();
});

on('Light and dark follow the system, or what was chosen', { scheme: 'light' }, async ({ page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  assert.notEqual(light, dark);
  const theme = page.locator('#theme');
  assert.equal(await theme.getAttribute('aria-label'), 'Theme: auto');
  await theme.click();
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(await ground(), dark);
  await page.reload();
  assert.equal(await ground(), dark);
  await theme.click();
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await ground(), light);
});

on('Nothing moves by itself for those who do not want it', {}, async ({ page }) => {
  const scrolling = () => page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
  assert.equal(await scrolling(), 'smooth');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  assert.equal(await scrolling(), 'auto');
});

on('What one document lacks takes nothing from the others', nowAndThen, async ({ page, world }) => {
  await page.waitForSelector('#rows tr');
  world.missing = '/refusals';
  await says(page, '#refusals-trouble', /^\/refusals: 404 there is no such page$/);
  world.live.unshift({ ...world.live[0], id: '1300' });
  await page.waitForSelector('#rows tr[data-key="1300"]');
});
