import fs from 'node:fs'
import path from 'node:path'
import type { Context, Middleware } from 'koa'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8'
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<title>Open Gateway</title>
<h1>The admin page is not built</h1>
<p>Run <code>npm run up</code>, or build it with <code>npx vite build admin-svelte</code>. The API works without it: <a href="/api/docs">/api/docs</a>.</p>
`

/** Addresses that are never the page's own, also where nothing answers them. */
const RESERVED = /^\/(api|healthz|readyz|metrics)(\/|$)/

/**
 * Serves the built admin page; paths that are no file get index.html, so that the page's own addresses can be reloaded.
 * The files are read once: only what the build made can ever be served, whatever path is asked for.
 */
export function adminPage(dist: string): Middleware {
  const files = readFiles(path.resolve(dist))
  return async (context, next) => {
    if ((context.method !== 'GET' && context.method !== 'HEAD') || RESERVED.test(context.path)) return next()
    const file = files.get(context.path)
    if (file !== undefined && context.path !== '/index.html') return sendFile(context, context.path, file)
    if (!wantsPage(context)) return next()
    const index = files.get('/index.html')
    context.set('cache-control', 'no-cache')
    context.type = 'text/html; charset=utf-8'
    context.body = index ?? NOT_BUILT
    if (index === undefined) context.status = 503
  }
}

/** A missing script or picture is not found; what a browser opens as a page is one, dots in its address or not. */
function wantsPage(context: Context): boolean {
  if (context.get('accept').includes('text/html')) return true
  return path.extname(context.path) === '' && context.accepts('html') !== false
}

function sendFile(context: Context, name: string, file: Buffer): void {
  const isHashed = name.startsWith('/assets/')
  context.set('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  context.type = TYPES[path.extname(name)] ?? 'application/octet-stream'
  context.body = file
}

function readFiles(root: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  if (!fs.existsSync(root)) return files
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    files.set(`/${path.relative(root, file).split(path.sep).join('/')}`, fs.readFileSync(file))
  }
  return files
}
