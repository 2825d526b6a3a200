import fs from 'node:fs'

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants

/**
 * Opens a lock file, or makes it, for every user of the machine when that is wanted. Two steps, because Linux refuses
 * O_CREAT on another user's file in a folder with the sticky bit (fs.protected_regular).
 */
export function openLockFile(file: string, everyUser: boolean): number {
  for (;;) {
    try {
      return fs.openSync(file, O_RDWR | O_NOFOLLOW)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    try {
      const fd = fs.openSync(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
      if (everyUser) fs.fchmodSync(fd, 0o666)
      return fd
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
