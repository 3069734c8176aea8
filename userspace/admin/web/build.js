// Makes one HTML file of the page, and a C++ source that holds it.
// Usage: node build.js MODULES OUTPUT     MODULES: node_modules of `npm ci`; OUTPUT: a folder, for page.html and
// page_text.cpp
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [modules, output] = process.argv.slice(2).map((path) => resolve(path));
const esbuild = createRequire(join(modules, 'from.js'))('esbuild');

const read = (path) => readFileSync(path, 'utf8');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function bundle(entry, banner) {
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    legalComments: 'inline',
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    nodePaths: [modules],
    logLevel: 'warning',
    banner,
  });
  return outputFiles[0].text.trim();
}

// The licence asks to stand wherever the software does.
const licence = `/*! uPlot\n\n${read(join(modules, 'uplot', 'LICENSE')).trim()}\n*/`;
const script = bundle('main.js', { js: licence });
const style = bundle('style.css');
for (const [text, end] of [
  [script, '</script'],
  [style, '</style'],
]) {
  if (text.toLowerCase().includes(end)) throw new Error(`the page holds ${end}`);
}

// No markup is ever made of text: where browsers know trusted types, they refuse it too.
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)}`,
  `style-src ${hash(style)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const parts = { policy, style, script };
const html = read(join(here, 'index.html')).replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);

const delimiter = 'of_page';
const literal = (text) => {
  if (text.includes(`)${delimiter}"`)) throw new Error('the delimiter of the literal is in the page');
  return `R"${delimiter}(${text})${delimiter}"`;
};
const source = `#include "admin/web_page.h"

namespace realpeer::admin {

const std::string_view web_page_html = ${literal(html)};
const std::string_view web_page_policy = ${literal(policy)};

}  // namespace realpeer::admin
`;

writeFileSync(join(output, 'page.html'), html);
writeFileSync(join(output, 'page_text.cpp'), source);
