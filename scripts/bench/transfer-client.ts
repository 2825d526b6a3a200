import net from 'node:net'

// Arguments: port, path, down or up, bytes of the body. Writes the seconds it took; fails unless the answer is a whole 200.
const [port, path, direction, size] = process.argv.slice(2)
const PIECE = Buffer.alloc(256 * 1024, 'x')
const isUpload = direction === 'up'
const bytes = Number(size)
const received = Buffer.alloc(256 * 1024)
let head = ''
let answerLeft = NaN
let from = 0

const socket = net.connect({ port: Number(port), host: '127.0.0.1', noDelay: true, onread: { buffer: received, callback: onBytes } }, () => {
  from = performance.now()
  socket.write(`${isUpload ? 'POST' : 'GET'} ${path} HTTP/1.1\r\nHost: bench\r\n${isUpload ? `Content-Length: ${bytes}\r\n` : ''}\r\n`)
  if (isUpload) send()
})
socket.on('error', fail)
socket.on('end', () => fail(new Error('the connection ended too soon')))

function onBytes(count: number): boolean {
  if (Number.isNaN(answerLeft)) readHead(received.toString('latin1', 0, count))
  else answerLeft -= count
  if (answerLeft > 0 || Number.isNaN(answerLeft)) return true
  process.stdout.write(String((performance.now() - from) / 1000))
  socket.destroy()
  return false
}

function readHead(text: string): void {
  head += text
  const end = head.indexOf('\r\n\r\n') + 4
  if (end < 4) return
  const length = /^HTTP\/1.1 200 .*^content-length: *(\d+)\r$/ims.exec(head.slice(0, end))?.[1]
  if (length === undefined) fail(new Error(`not a 200 with a length: ${head.slice(0, end)}`))
  answerLeft = Number(length) - (head.length - end)
}

function send(): void {
  let left = bytes
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE
      left -= piece.length
      if (!socket.write(piece)) return
    }
  }
  socket.on('drain', more)
  more()
}

function fail(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
