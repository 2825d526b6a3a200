import { randomInt } from 'node:crypto'
import { createLimitTable } from '../policies/limits/limit-table.ts'
import { createClientTable, forgetClientsOfThread } from './client-counts.ts'
import { createListenerTable, forgetListenersOfThread } from './listener-row.ts'
import { createSocketTable, forgetSocketsOfThread, mostSockets } from './open-sockets.ts'
import { createSignalTable } from './signals.ts'
import { createTargetTable, forgetThread } from './target-row.ts'
import { createUpstreamTable } from './upstream-row.ts'

/** The memory that all threads of a worker process share. Made by its main thread and handed to every thread. */
export interface SharedMemory {
  readonly threads: number
  /** Zero of the node's clock: process.hrtime.bigint(), alike on all threads and untouched by the wall clock. */
  readonly clockStart: bigint
  /** Secret of the hash of client addresses. */
  readonly seed: number
  readonly targets: SharedArrayBuffer
  readonly upstreams: SharedArrayBuffer
  readonly listeners: SharedArrayBuffer
  readonly clients: SharedArrayBuffer
  readonly signals: SharedArrayBuffer
  readonly limits: SharedArrayBuffer
  readonly sockets: SharedArrayBuffer
  /** Sockets of the process before clients are refused. */
  readonly mostSockets: number
}

export function createSharedMemory(threads: number): SharedMemory {
  return {
    threads,
    clockStart: process.hrtime.bigint(),
    seed: randomInt(2 ** 31),
    targets: createTargetTable(threads),
    upstreams: createUpstreamTable(threads),
    listeners: createListenerTable(threads),
    clients: createClientTable(threads),
    signals: createSignalTable(),
    limits: createLimitTable(),
    sockets: createSocketTable(threads),
    mostSockets: mostSockets()
  }
}

/** Forgets what a thread that ended had open and in flight. */
export function forgetThreadIn(memory: SharedMemory, thread: number): void {
  forgetThread(memory.targets, memory.threads, thread)
  forgetListenersOfThread(memory.listeners, memory.threads, thread)
  forgetClientsOfThread(memory.clients, thread)
  forgetSocketsOfThread(memory.sockets, thread)
}
