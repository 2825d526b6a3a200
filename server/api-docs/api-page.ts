import fs from 'node:fs'
import path from 'node:path'
import type { Middleware } from 'koa'
import { ERRORS } from '../../shared/schema/error-table.ts'
import { API_PREFIX } from '../http/build-router.ts'
import { PATH_PARAMETER } from '../http/endpoint-path.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { describePermission } from '../openapi/openapi.ts'
import { TAGS } from '../openapi/tags.ts'

const PAGE = '/api/docs'
const ASSETS: Readonly<Record<string, string>> = { 'page.css': 'text/css; charset=utf-8', 'page.js': 'text/javascript; charset=utf-8' }

/**
 * GET /api/docs: every endpoint and error code. The list is in the page itself; its script fills in parameters, bodies
 * and answers from the OpenAPI document. Nothing comes from elsewhere.
 */
export function apiPage(endpoints: readonly Endpoint[]): Middleware {
  const files = new Map(Object.entries(ASSETS).map(([name, type]) => [`${PAGE}/${name}`, { type, text: fs.readFileSync(path.join(import.meta.dirname, name), 'utf8') }]))
  files.set(PAGE, { type: 'text/html; charset=utf-8', text: renderApiPage(endpoints) })
  return async (context, next) => {
    const file = context.method === 'GET' || context.method === 'HEAD' ? files.get(context.path) : undefined
    if (file === undefined) return next()
    context.set('cache-control', 'no-cache')
    context.type = file.type
    context.body = file.text
  }
}

function renderApiPage(endpoints: readonly Endpoint[]): string {
  const groups = Object.entries(TAGS).map(([tag, about]) => renderGroup(tag, about, endpoints.filter((endpoint) => endpoint.tag === tag)))
  const errors = Object.entries(ERRORS).map(([code, { status, message }]) => `<tr><td><code>${code}</code></td><td>${status}</td><td>${escape(message)}</td></tr>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Open Gateway API</title>
<link rel="stylesheet" href="${PAGE}/page.css">
<script src="${PAGE}/page.js" defer></script>
</head>
<body>
<header>
<h1>Open Gateway API</h1>
<input id="search" type="search" placeholder="Search endpoints, fields, errors" aria-label="Search endpoints" autocomplete="off">
<button id="theme" type="button" hidden>Theme</button>
</header>
<nav aria-label="Groups">${Object.keys(TAGS).map((tag) => `<a href="#${idOf(tag)}">${escape(tag)}</a>`).join('')}<a href="#errors">errors</a></nav>
<main>
<p>Paths stand under <code>${API_PREFIX}</code>. Send <code>Authorization: Bearer TOKEN</code>. The same for programs: <a href="${API_PREFIX}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<p id="none" hidden>Nothing is called like that.</p>
${groups.join('\n')}
<section id="errors"><h2>errors</h2>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${errors.join('\n')}
</tbody></table></section>
</main>
</body>
</html>
`
}

function renderGroup(tag: string, about: string, endpoints: readonly Endpoint[]): string {
  const rows = endpoints.map((endpoint) => {
    const { method, path: at, summary } = endpoint
    const shown = at.replace(PATH_PARAMETER, '{$1}')
    return `<details class="endpoint" data-method="${method}" data-path="${escape(shown)}" id="${idOf(`${method} ${at}`)}">
<summary><b class="${method.toLowerCase()}">${method}</b> <code>${escape(API_PREFIX + shown)}</code> <span>${escape(summary)}</span></summary>
<div><p>${escape(describePermission(endpoint))}</p></div>
</details>`
  })
  return `<section id="${idOf(tag)}"><h2>${escape(tag)}</h2><p>${escape(about)}</p>\n${rows.join('\n')}\n</section>`
}

function idOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
