import fs from 'node:fs/promises'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

/** @throws Failure where it cannot be written */
export async function writeFile(name: string, text: string): Promise<void> {
  try {
    await fs.writeFile(name, text)
  } catch (error) {
    throw new Failure(EXIT.usage, `${name} cannot be written (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
}
