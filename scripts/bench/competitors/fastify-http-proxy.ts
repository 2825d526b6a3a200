import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'

// Arguments: the port to listen on, the port of the origin, the number of routes.
const [port = 0, originPort, routes = 1] = process.argv.slice(2).map(Number)
const app = fastify({ logger: false, keepAliveTimeout: 60_000, requestTimeout: 0, bodyLimit: 2 ** 31 })
for (let index = 0; index < routes; index++) {
  const prefix = `/service-${index}/api`
  await app.register(httpProxy, {
    upstream: `http://127.0.0.1:${originPort}`,
    prefix,
    rewritePrefix: prefix,
    replyOptions: {
      // It would pass the origin's `Connection: keep-alive` on to a client that asked for the connection to be closed.
      rewriteHeaders: ({ connection: _hop, ...headers }) => headers,
      rewriteRequestHeaders: (request, headers) => ({
        ...headers, 'x-forwarded-for': request.socket.remoteAddress, 'x-forwarded-proto': 'http', 'x-forwarded-host': request.headers.host
      })
    }
  })
}
await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
process.stdout.write('ready\n')
