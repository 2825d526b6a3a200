import fs from 'node:fs/promises'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

/** The text of a file, or of standard input for "-". @throws Failure where it cannot be read */
export async function readFile(name: string, readInput: () => Promise<string>): Promise<string> {
  if (name === '-') return readInput()
  try {
    return await fs.readFile(name, 'utf8')
  } catch (error) {
    throw new Failure(EXIT.usage, `${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
}
