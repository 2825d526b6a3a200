/** A lock on a file, kept until it is released or this process ends, however it ends. */
export interface HeldLock {
  /** The open lock file; its content belongs to whoever holds the lock. */
  readonly fd: number
  release(): void
}

/** Exclusive locks between the processes of one machine. */
export interface FileLocks {
  /** Takes the lock, waiting up to `waitSeconds`; null when another process holds it. Creates the file. */
  lock(file: string, waitSeconds?: number): Promise<HeldLock | null>
  /** Whether a process other than this one holds the lock of a file that is there. */
  isHeld(file: string): Promise<boolean>
}
