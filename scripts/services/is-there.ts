import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** Whether the program is on PATH, or at the absolute path given. */
export function isThere(program: string): boolean {
  const places = path.isAbsolute(program) ? [program] : (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, program))
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
