import http from 'node:http'
import { createProxyServer } from 'http-proxy-3'

// Arguments: the port to listen on, the port of the origin. It has no routes of its own.
const [port, originPort] = process.argv.slice(2).map(Number)
const agent = new http.Agent({ keepAlive: true })
const proxy = createProxyServer({ target: `http://127.0.0.1:${originPort}`, agent, xfwd: true })
proxy.on('error', (_error, _request, response) => void response.destroy())
const server = http.createServer((request, response) => proxy.web(request, response))
server.requestTimeout = 0
server.keepAliveTimeout = 60_000
server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => process.stdout.write('ready\n'))
