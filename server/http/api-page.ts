import type { Middleware } from 'koa'
import { ERRORS } from '../../shared/schema/error-table.ts'
import { API_PREFIX } from './build-router.ts'
import type { Endpoint } from './endpoint.ts'
import { describePermission } from './openapi.ts'

/** GET /api/docs: the endpoints and error codes as a page that needs nothing else. */
export function apiPage(endpoints: readonly Endpoint[]): Middleware {
  const page = renderApiPage(endpoints)
  return async (context, next) => {
    if (context.path !== '/api/docs' || (context.method !== 'GET' && context.method !== 'HEAD')) return next()
    context.set('cache-control', 'no-cache')
    context.type = 'text/html; charset=utf-8'
    context.body = page
  }
}

function renderApiPage(endpoints: readonly Endpoint[]): string {
  const tags = [...new Set(endpoints.map((endpoint) => endpoint.tag))]
  const sections = tags.map((tag) => `<h2>${escape(tag)}</h2>\n${table(['Endpoint', 'What it does', 'Who may call it'], endpoints.filter((endpoint) => endpoint.tag === tag).map(endpointRow))}`)
  const errors = Object.entries(ERRORS).map(([code, { status, message }]) => [`<code>${code}</code>`, String(status), escape(message)])
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Open Gateway API</title></head>
<body>
<h1>Open Gateway API</h1>
<p>With every field and answer: <a href="${API_PREFIX}/openapi.json">${API_PREFIX}/openapi.json</a> (OpenAPI 3.1).</p>
${sections.join('\n')}
<h2>Errors</h2>
${table(['Code', 'Status', 'Meaning'], errors)}
</body>
</html>
`
}

function endpointRow({ method, path, summary, permission }: Endpoint): string[] {
  return [`<code>${method} ${escape(API_PREFIX + path)}</code>`, escape(summary), escape(describePermission(permission))]
}

function table(heads: string[], rows: string[][]): string {
  const cells = (tag: string, row: string[]) => `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  return `<table>\n${[cells('th', heads), ...rows.map((row) => cells('td', row))].join('\n')}\n</table>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
