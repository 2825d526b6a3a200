import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { LineOutput } from './line-output.ts'

const MODULE = new URL('./line-output.ts', import.meta.url).href

let folder: string

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-lines-'))
})

after(() => fs.rmSync(folder, { recursive: true }))

function outputTo(destination: string, maxBytes = 1_000_000) {
  const errors: NodeJS.ErrnoException[] = []
  const counts = { dropped: 0 }
  const output = new LineOutput({ destination, maxBytes, retryMs: 20, dropped: (lines) => void (counts.dropped += lines), failed: (error) => void errors.push(error) })
  return { output, errors, counts }
}

/** A process that writes to its standard output and ends; it says what happened on standard error. */
function startWriter(batches: number) {
  const program = `
    import { LineOutput } from ${JSON.stringify(MODULE)}
    let dropped = 0
    const output = new LineOutput({ destination: 'stdout', maxBytes: 1_000_000, retryMs: 20, dropped: (lines) => { dropped += lines }, failed() {} })
    for (let batch = 0; batch < ${batches}; batch++) output.write((String(batch).padEnd(99, '.') + '\\n').repeat(500))
    const ended = await output.end(300)
    process.stderr.write(JSON.stringify({ dropped, ended, memory: process.memoryUsage().rss }))
    if (!ended) process.kill(process.pid, 'SIGKILL')
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_TEST_CONTEXT: undefined } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text))
  return { child, exited: once(child, 'exit'), said: () => JSON.parse(said) as { dropped: number; ended: boolean; memory: number } }
}

test('lines come into the file in order, also when its folder is not there yet', async () => {
  const file = path.join(folder, 'a/b/lines')
  const { output, errors } = outputTo(file)
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} \u00e9 ${'x'.repeat(index % 90)}\n`)
  for (const line of lines) output.write(line)
  assert.equal(await output.end(5_000), true)
  assert.equal(fs.readFileSync(file, 'utf8'), lines.join(''))
  assert.deepEqual(errors, [])
})

test('a file that cannot be opened is tried again; what waits is written then, what does not fit is dropped and counted', async () => {
  const place = path.join(folder, 'taken')
  fs.writeFileSync(place, '')
  const { output, errors, counts } = outputTo(path.join(place, 'lines'), 10)
  output.write('one\n')
  output.write('two\n')
  output.write('three\nfour\n')
  await waitUntil(() => errors.length > 1, { ms: 5_000, what: 'a second attempt' })
  assert.equal(counts.dropped, 2)
  fs.rmSync(place)
  await waitUntil(() => fs.existsSync(path.join(place, 'lines')), { ms: 5_000, what: 'the file' })
  assert.equal(await output.end(5_000), true)
  assert.equal(fs.readFileSync(path.join(place, 'lines'), 'utf8'), 'one\ntwo\n')
})

test('a full disk is told, costs lines and does not hold up the end', async () => {
  const { output, errors, counts } = outputTo('/dev/full', 100)
  for (let count = 0; count < 30; count++) output.write('a line\n')
  await waitUntil(() => errors.length > 0, { ms: 5_000, what: 'the error' })
  assert.equal(errors[0]!.code, 'ENOSPC')
  assert.ok(counts.dropped > 0)
  assert.equal(await output.end(5_000), true)
})

test('a reader that does not read costs lines and bounded memory, and the process knows that it must not wait for its end', async () => {
  const writer = startWriter(2_000)
  const [, signal] = await writer.exited
  const { dropped, ended, memory } = writer.said()
  assert.equal(signal, 'SIGKILL')
  assert.equal(ended, false)
  assert.ok(dropped > 900_000, `${dropped} of 1000000 lines dropped`)
  assert.ok(memory < 300 * 2 ** 20, `${memory} bytes`)
})

test('a reader that reads gets whole lines, and the end waits for the last of them', async () => {
  const writer = startWriter(10)
  let text = ''
  writer.child.stdout.setEncoding('utf8').on('data', (piece: string) => void (text += piece))
  await Promise.all([writer.exited, once(writer.child.stdout, 'end')])
  assert.equal(text, Array.from({ length: 10 }, (_, batch) => `${String(batch).padEnd(99, '.')}\n`.repeat(500)).join(''))
})

test('a reader that is gone is an error that the writer does not see', async () => {
  const writer = startWriter(10)
  writer.child.stdout.destroy()
  const [code] = await writer.exited
  assert.deepEqual([code, writer.said().ended], [0, true])
})
