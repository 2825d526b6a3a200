import { spawn } from 'node:child_process'
import path from 'node:path'
import { projectRoot } from '../../project-root.ts'

export interface Outcome {
  exitCode: number | null
  stdout: string
  stderr: string
}

/** Runs `gateway ...` as a process with nothing else in its environment. */
export function runCommandLine(words: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'bin/gateway.js'), ...words], { env: { PATH: process.env.PATH, ...options.env }, stdio: 'pipe' })
  const outcome: Outcome = { exitCode: null, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text))
  // A command that does not read its input may be gone before all is written.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ ...outcome, exitCode }))
  })
}
