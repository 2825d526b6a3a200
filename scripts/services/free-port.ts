import { mkdirSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { claimPidFile } from './pid-file.ts'

// Below the ports the kernel hands to outgoing connections, which could take one between probe and use.
const FIRST_PORT = 10_000
const LAST_PORT = 32_000
const BLOCK_SIZE = 250

let block: { next: number; end: number } | null = null

/** A TCP port of this machine that nothing listens on. Processes running side by side get different ones. */
export async function freePort(): Promise<number> {
  return (await freePortRange(1)).from
}

/** `count` consecutive free ports, both ends included. At most 250. */
export async function freePortRange(count: number): Promise<{ from: number; to: number }> {
  if (count < 1 || count > BLOCK_SIZE) throw new Error(`freePortRange: count must be 1 to ${BLOCK_SIZE}, got ${count}`)
  for (;;) {
    if (block === null || block.next + count > block.end) block = claimBlock()
    const from = block.next
    block.next += count
    const taken = await firstTaken(from, count)
    if (taken === null) return { from, to: from + count - 1 }
    block.next = Math.max(taken + 1, from + 1)
  }
}

// A free port says nothing about the next moment, so each process claims a block of ports for its lifetime.
function claimBlock(): { next: number; end: number } {
  const folder = path.join(os.tmpdir(), `gateway-port-blocks-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const blocks = Math.floor((LAST_PORT - FIRST_PORT) / BLOCK_SIZE)
  const offset = Math.floor(Math.random() * blocks)
  for (let i = 0; i < blocks; i++) {
    const start = FIRST_PORT + ((offset + i) % blocks) * BLOCK_SIZE
    if (claimPidFile(path.join(folder, String(start))) === null) return { next: start, end: start + BLOCK_SIZE }
  }
  throw new Error(`every block of test ports is claimed; see ${folder}`)
}

async function firstTaken(from: number, count: number): Promise<number | null> {
  for (let port = from; port < from + count; port++) {
    if (!await isFree(port)) return port
  }
  return null
}

/** Whether nothing listens on the port, on any address of this machine. */
export function isFree(port: number, host = '0.0.0.0'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
