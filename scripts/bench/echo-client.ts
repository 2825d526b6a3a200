import net from 'node:net'

// Arguments: the port, the path, the connections, the seconds. Each connection sends a message of 64 bytes whenever the
// last one came back; writes how many came back.
const [port = '', path = '', connections = '', seconds = ''] = process.argv.slice(2)
const PAYLOAD = 64
const UPGRADE = `GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
// A masked text frame whose mask is zero (RFC 6455 section 5.2).
const MESSAGE = Buffer.concat([Buffer.from([0x81, 0x80 | PAYLOAD, 0, 0, 0, 0]), Buffer.alloc(PAYLOAD, 'm')])
const ECHO_BYTES = 2 + PAYLOAD
let count = 0
let isOver = false

const opened = Array.from({ length: Number(connections) }, () => new Promise<net.Socket>((resolve, reject) => {
  const socket = net.connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  socket.on('error', reject)
  socket.on('close', () => isOver || reject(new Error('the proxy closed a WebSocket')))
  socket.write(UPGRADE)
  socket.once('data', (answer) => {
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101 ')) return reject(new Error(answer.toString('latin1')))
    let got = 0
    socket.on('data', (bytes) => {
      got += bytes.length
      if (got < ECHO_BYTES) return
      got -= ECHO_BYTES
      count++
      socket.write(MESSAGE)
    })
    resolve(socket)
  })
}))
for (const socket of await Promise.all(opened)) socket.write(MESSAGE)
setTimeout(() => {
  isOver = true
  console.log(`RESULT ${count}`)
  process.exit(0)
}, Number(seconds) * 1000)
