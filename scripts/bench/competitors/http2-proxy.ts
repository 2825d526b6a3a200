import http from 'node:http'
import proxy from 'http2-proxy'

// Arguments: the port to listen on, the port of the origin. It has no routes of its own.
const [port, originPort = 0] = process.argv.slice(2).map(Number)
const agent = new http.Agent({ keepAlive: true })
const options = {
  hostname: '127.0.0.1',
  port: originPort,
  onReq: async (request: http.IncomingMessage, { headers, ...target }: http.RequestOptions) => http.request({
    ...target,
    agent,
    headers: { ...headers, 'x-forwarded-for': request.socket.remoteAddress, 'x-forwarded-proto': 'http', 'x-forwarded-host': request.headers.host }
  })
}
const server = http.createServer((request, response) => {
  void proxy.web(request, response, options, (error) => {
    if (error) response.destroy()
  })
})
server.requestTimeout = 0
server.keepAliveTimeout = 60_000
server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => process.stdout.write('ready\n'))
