// A headless Chromium that complains of whatever a page must not do.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// From CTest: the folder of `npm ci`, and where pictures of the page are kept.
const { REALPEER_BROWSER_PACKAGES: packages, REALPEER_SCREENSHOTS: screenshots } = process.env;
const { chromium } = createRequire(join(packages, 'node_modules', 'from.js'))('playwright-core');

export const patience = 15_000; // ms, for what should happen at once on a busy machine
export const sizes = [
  { width: 380, height: 800 },
  { width: 768, height: 1000 },
  { width: 1280, height: 900 },
];
export const schemes = ['light', 'dark'];

// Chromium's sandbox refuses to run as root, which tests that make network namespaces are. The only page it gets to see
// is our own.
export const launch = () =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// Opens the page. `complaints` holds what it did wrong so far: errors on the console, violations of its own policy, and
// requests to others than `url`.
export async function open(browser, url, { scheme = 'light', size = sizes[2], clock = false } = {}) {
  const context = await browser.newContext({ viewport: size, colorScheme: scheme });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const complaints = [];
  const { origin } = new URL(url);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== 'data:' && asked.origin !== origin) complaints.push(`request to ${asked.origin}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  if (clock) await page.clock.install();
  await page.goto(url);
  return { page, context, complaints };
}

// Waits for the condition, asked with a text for the message.
export async function eventually(what, condition) {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) assert.fail(`not within ${patience} ms: ${what}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}

export const textOf = (page, selector) => page.locator(selector).innerText();

export async function says(page, selector, pattern) {
  let text = '';
  await eventually(`${selector} says ${pattern}`, async () =>
    pattern.test((text = (await page.locator(selector).isVisible()) ? await textOf(page, selector) : '')),
  ).catch((error) => {
    throw new Error(`${error.message}; it says: ${text}`);
  });
  return text;
}

// What the picture of the chain is described by.
export const draws = (page, pattern) =>
  eventually(`the picture is of ${pattern}`, async () =>
    pattern.test(await page.locator('#picture svg desc').textContent()),
  );

export async function picture(page, name) {
  mkdirSync(screenshots, { recursive: true });
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

// Nothing stands out at the side, and everything that can be used can be reached there.
export async function fits(page) {
  const wrong = await page.evaluate(() => {
    const found = [];
    if (document.documentElement.scrollWidth > innerWidth)
      found.push(`the document is ${document.documentElement.scrollWidth} wide`);
    for (const node of document.querySelectorAll('a, button, input, select, summary, [role="row"][tabindex]')) {
      const { left, right, width } = node.getBoundingClientRect();
      if (width > 0 && !node.matches('.skip') && (left < 0 || right > innerWidth))
        found.push(`${node.id || node.textContent} at ${left}–${right}`);
    }
    return found;
  });
  assert.deepEqual(wrong, []);
}

// Texts whose contrast is below WCAG's AA, with the ratio. Of SVG only the colours that the style sheet lets meet.
export const faint = (page) =>
  page.evaluate(() => {
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    const luminance = (colour) => {
      const [r, g, b] = channels(colour).map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a, b) => {
      const [least, most] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (most + 0.05) / (least + 0.05);
    };
    const ground = (node) => {
      for (let each = node; each; each = each.parentElement) {
        const colour = getComputedStyle(each).backgroundColor;
        if ((channels(colour)[3] ?? 1) > 0) return colour;
      }
      return 'rgb(255, 255, 255)';
    };
    const found = [];
    for (const node of document.querySelectorAll('body *')) {
      const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim() !== '');
      if (!own || node.closest('svg, script, style, noscript') || !node.checkVisibility()) continue;
      const value = ratio(getComputedStyle(node).color, ground(node));
      if (value < 4.5) found.push(`${node.textContent.slice(0, 40)}: ${value.toFixed(2)}`);
    }
    const probe = document.body.appendChild(document.createElement('i'));
    const colour = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const meet = {
      '--surface': ['text', 'muted', 'ok', 'lost', 'warn'],
      '--raised': ['text', 'muted'],
      '--ok-soft': ['text', 'muted'],
      '--lost-soft': ['text', 'muted'],
      '--warn-soft': ['text', 'muted'],
    };
    for (const [back, fronts] of Object.entries(meet)) {
      for (const front of fronts) {
        const value = ratio(colour(`--${front}`), colour(back));
        if (value < 4.5) found.push(`--${front} on ${back}: ${value.toFixed(2)}`);
      }
    }
    probe.remove();
    return found;
  });
