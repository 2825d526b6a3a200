let last = 0

/** Memory of this process that is in RAM. Reading it takes a file descriptor; when there is none left, the last figure. */
export function residentBytes(): number {
  try {
    last = process.memoryUsage.rss()
  } catch {
    // EMFILE.
  }
  return last
}
