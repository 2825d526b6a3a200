import net from 'node:net'

// Arguments: the port to listen on, the length of every answer to GET. Any other request must name the length of its
// body: it is read, discarded and answered 200. A server of its own, so that the origin costs as little as it can.
const [port = 0, answerBytes = 0] = process.argv.slice(2).map(Number)
const PIECE = Buffer.alloc(256 * 1024, 'x')
const HEAD_LINES = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n'

const server = net.createServer({ noDelay: true }, (socket) => {
  let head = ''
  let bodyLeft = 0
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    if (bodyLeft > 0) return discard(bytes.length)
    head += bytes.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const rest = head.length - end - 4
    const isDownload = head.startsWith('GET ')
    bodyLeft = isDownload ? 0 : Number(/^content-length: *(\d+)/im.exec(head)?.[1])
    if (/^expect: *100-continue/im.test(head)) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    head = ''
    if (isDownload) send(socket, answerBytes)
    else discard(rest)
  })
  function discard(count: number): void {
    bodyLeft -= count
    if (bodyLeft === 0) socket.write(`${HEAD_LINES}Content-Length: 2\r\n\r\nok`)
  }
})
server.listen({ port, host: '127.0.0.1' }, () => process.stdout.write('ready\n'))

function send(socket: net.Socket, bytes: number): void {
  let left = bytes
  socket.write(`${HEAD_LINES}Content-Length: ${bytes}\r\n\r\n`)
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE
      left -= piece.length
      if (!socket.write(piece)) break
    }
    if (left === 0) socket.off('drain', more)
  }
  socket.on('drain', more)
  more()
}
