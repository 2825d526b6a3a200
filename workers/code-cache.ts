import path from 'node:path'

/**
 * Where Node keeps the compiled form of the program, so that a start, also of a replacement, takes a third of the
 * time. NODE_COMPILE_CACHE names another folder. Not in one that others can write to: what is in it is run.
 */
export function codeCacheFolder(dataDir: string): string {
  return process.env.NODE_COMPILE_CACHE ?? path.join(dataDir, 'code-cache')
}
