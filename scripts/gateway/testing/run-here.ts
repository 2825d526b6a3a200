import { Writable } from 'node:stream'
import { runGateway } from '../run-gateway.ts'
import type { Outcome } from './run-command-line.ts'

/** Runs `gateway ...` in this process, which takes a tenth of the time of one of its own. */
export async function runHere(words: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<Outcome> {
  const [stdout, stderr] = [collect(), collect()]
  const exitCode = await runGateway({ words, env: options.env ?? {}, stdout: stdout.stream, stderr: stderr.stream, readInput: () => Promise.resolve(options.input ?? '') })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

function collect(): { stream: NodeJS.WriteStream; text(): string } {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      text += chunk
      done()
    }
  })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text }
}
