import tls from 'node:tls'

// Arguments: the port, the path, the seconds. Opens TLS connections that resume one session, one GET on each, and writes
// how many there were and how many of them were resumed.
const [port = '', path = '', seconds = ''] = process.argv.slice(2)
const AT_ONCE = 16
const REQUEST = `GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n`
let count = 0
let resumed = 0

const first = await visit()
const until = performance.now() + Number(seconds) * 1000
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  while (performance.now() < until) await visit(first)
}))
console.log(`RESULT ${count} ${resumed}`)

function visit(session?: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let ticket = session
    const socket = tls.connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false, ...(session === undefined ? {} : { session }) })
    socket.on('session', (made) => (ticket = made))
    socket.once('secureConnect', () => {
      if (session !== undefined && socket.isSessionReused()) resumed++
      socket.write(REQUEST)
    })
    socket.on('error', reject)
    socket.resume()
    socket.once('close', () => {
      if (session !== undefined) count++
      if (ticket === undefined) reject(new Error('the server gave no ticket'))
      else resolve(ticket)
    })
  })
}
