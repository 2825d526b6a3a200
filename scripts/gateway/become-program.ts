import fs from 'node:fs'
import path from 'node:path'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

const ROOT = path.join(import.meta.dirname, '../..')

/**
 * Becomes another program of the gateway, such as "server/web": it takes the place of this process, so that signals reach
 * it and its exit code is ours. In a checkout it is TypeScript, in the package JavaScript.
 */
export function becomeProgram(name: string, args: readonly string[], env: NodeJS.ProcessEnv): never {
  const file = ['.js', '.ts'].map((ending) => path.join(ROOT, `${name}${ending}`)).find((candidate) => fs.existsSync(candidate))
  if (file === undefined || process.execve === undefined) throw new Failure(EXIT.unavailable, `${name} is not there, or this system cannot run it`)
  // The token of a person is none of its business.
  const { GATEWAY_TOKEN: _, ...rest } = env
  process.execve(process.execPath, [process.execPath, file, ...args], rest as Record<string, string>)
  throw new Failure(EXIT.internal, `${name} could not be started`)
}
