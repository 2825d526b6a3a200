import http from 'node:http'

// A tiny origin for the example: answers every request with what it got.
// node scripts/up/demo-origin.ts NAME PORT
const [name = 'origin', port = '0'] = process.argv.slice(2)

const server = http.createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const body = `${JSON.stringify({ servedBy: name, method: request.method, path: request.url, headers: request.headers }, null, 2)}\n`
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
})
// The gateway closes idle connections first.
server.keepAliveTimeout = 60_000
server.listen(Number(port), '127.0.0.1', () => process.send?.('ready'))

process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  process.channel?.unref()
})
