import path from 'node:path'

/** The checkout's folder. */
export const projectRoot = path.resolve(import.meta.dirname, '..')
