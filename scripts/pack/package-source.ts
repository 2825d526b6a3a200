import { globSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

/** Programs that run where the package is installed, and what they load. */
const SOURCES = ['{shared,db,server,workers,scripts/gateway}/**/*.ts']
/** Tests, and what only they load. */
const LEFT_OUT = /\.(test|cases)\.ts$|\/testing\//

/** TypeScript files of the package, relative to the project. */
export function packagedSources(root: string): string[] {
  return globSync(SOURCES, { cwd: root }).filter((file) => !LEFT_OUT.test(file)).sort()
}

/**
 * A file as JavaScript: its types become blanks, so that lines and columns stay, and paths to files of ours end in .js.
 * Node itself strips no types below node_modules.
 */
export function javaScriptOf(source: string): string {
  return stripTypeScriptTypes(source, { mode: 'strip' }).replace(/(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g, '$1$2.js$1')
}
