import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

// Argument: the port to listen on. Answers GET with 1 KiB, and gives every message of a WebSocket back.
const [port = 0] = process.argv.slice(2).map(Number)
const BODY = 'x'.repeat(1024)

const server = createServer((_request, response) => void response.end(BODY))
const webSockets = new WebSocketServer({ server, perMessageDeflate: false, skipUTF8Validation: true })
webSockets.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
server.listen(port, '127.0.0.1', 4096, () => console.log('ready'))
