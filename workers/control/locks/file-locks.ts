/** A lock on a file, kept until it is released or this process ends, however it ends. */
export interface HeldLock {
  /** The open lock file; its content belongs to whoever holds the lock. */
  readonly fd: number
  release(): void
}

export interface LockOptions {
  /** How long to wait for another process; 0 when not given. */
  waitSeconds?: number
  /** A lock that every user of the machine must be able to take. */
  everyUser?: boolean
}

/** Exclusive locks between the processes of one machine. */
export interface FileLocks {
  /** Takes the lock; null when another process holds it. Creates the file. */
  lock(file: string, options?: LockOptions): Promise<HeldLock | null>
  /** Whether a process other than this one holds the lock of a file that is there. */
  isHeld(file: string): Promise<boolean>
}
