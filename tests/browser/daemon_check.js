// The page in a browser, against a running daemon. tests/e2e/admin_page_test.cpp starts both, and does its part when
// the story asks for it by a line on standard output.
// Usage: node daemon_check.js STORY URL
import assert from 'node:assert/strict';
import { draws, eventually, faint, fits, launch, open, picture, says, schemes, sizes } from './browser.js';

const [story, url] = process.argv.slice(2);
const ask = (line) => console.log(line);
const rowOf = (page, text) => page.locator('#rows tr', { hasText: text });

async function opened(browser, options, tell, expected = null) {
  const { page, context, complaints } = await open(browser, url, options);
  await tell(page);
  assert.deepEqual(
    complaints.filter((complaint) => !expected?.test(complaint)),
    [],
  );
  await context.close();
}

async function verdictOf(page, text, title, name) {
  await rowOf(page, text).first().click();
  await says(page, '#verdict-title', title);
  await picture(page, name);
}

const stories = {
  // One connection is there; another comes when it is asked for.
  async connections(browser) {
    await opened(browser, {}, async (page) => {
      await says(page, '#chain-which', /^Newest: Live connection \d+ at ssh$/);
      await says(page, '#verdict-title', /^Kept on every hop$/);
      await draws(
        page,
        /^Client: 198\.51\.100\.7:40001\. .*Proxy: 203\.0\.113\.42:\d+ \(trusted\).*This gateway: .*Backend app: 10\.77\.0\.2:9000, is told 198\.51\.100\.7:40001\.$/,
      );
      ask('connect');
      await rowOf(page, '198.51.100.23:41000').waitFor();
      await says(page, '#tile-live .value', /^2$/);
      await says(page, '#tile-rate .value', /^[\d.]+\/s$/);

      await page.locator('#search').fill('198.51.100.23');
      await says(page, '#matched', /^1 of 2 live match$/);
      await page.locator('#search').fill('198.51.100.24');
      await says(page, '#rows-none', /^Nothing matches\.$/);
      await page.locator('#search').fill('');
      await says(page, '#matched', /^2 live$/);

      await page.locator('#rows tr').first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await draws(page, /^Client: 198\.51\.100\.7:40001\./);
      await says(page, '#backend-list', /app\s+1 of 1 up/);
      await says(page, '#listener-list', /ssh\s+203\.0\.113\.1:7000\s+accept_proxy: strict/);
    });
    for (const scheme of schemes) {
      for (const size of sizes) {
        await opened(browser, { scheme, size }, async (page) => {
          await says(page, '#tile-rate .value', /^[\d.]+\/s$/);
          await fits(page);
          assert.deepEqual(await faint(page), []);
          await picture(page, `daemon-${size.width}-${scheme}`);
        });
      }
    }
  },

  // A connection for each way to lose the address, and a refusal.
  async lost(browser) {
    await opened(browser, { size: sizes[0], scheme: 'dark' }, async (page) => {
      await verdictOf(
        page,
        'change-over',
        /^Lost between 203\.0\.113\.42 and this gateway$/,
        'daemon-lost-before-380-dark',
      );
      await verdictOf(page, 'untold', /^Lost between this gateway and untold$/, 'daemon-lost-after-380-dark');
      await draws(page, /sees 10\.77\.0\.1:\d+\.$/);
      await page.locator('#refusal-rows tr').first().click();
      await says(page, '#verdict-title', /^Lost between 203\.0\.113\.42 and this gateway$/);
      await says(page, '#reasons', /header_missing\s+1\s+1 in the last minute/);
      await says(page, '#listener-list', /warning/);
      await says(page, '#tile-refused .value', /^1$/);
      await fits(page);
    });
  },

  // The daemon goes, and another comes in its place.
  async restart(browser) {
    await opened(
      browser,
      {},
      async (page) => {
        await says(page, '#state', /^live$/);
        ask('stop');
        await says(page, '#trouble', /^The daemon does not answer since /);
        ask('start');
        await says(page, '#state', /^live$/);
        await says(page, '#news', /The daemon was restarted at /);
        await eventually('the trouble is over', async () => !(await page.locator('#trouble').isVisible()));
      },
      /Failed to load resource/,
    );
  },

  async token(browser) {
    await opened(
      browser,
      { size: sizes[0] },
      async (page) => {
        await page.locator('#token').fill('0123456789abcdef0123456789abcdee');
        await page.keyboard.press('Enter');
        await says(page, '#token-why', /^That token was not taken/);
        await page.locator('#token').fill('0123456789abcdef0123456789abcdef');
        await page.keyboard.press('Enter');
        await says(page, '#listener-list', /ssh/);
      },
      /Failed to load resource/,
    );
  },
};

const browser = await launch();
try {
  await stories[story](browser);
  ask('well');
} finally {
  await browser.close();
}
