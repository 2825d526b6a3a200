import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from './project-root.ts'

const FOLDER = path.join(projectRoot, 'admin-svelte')
const SOURCES = ['admin-svelte/{src,public}/**/*', 'admin-svelte/*.{html,ts,json}', 'shared/**/*.ts', 'package-lock.json']

/** Builds the admin page into admin-svelte/dist when a source is newer than the last build. Throws when the build fails. */
export function buildAdminPage(say: (line: string) => void): void {
  if (!existsSync(path.join(FOLDER, 'index.html')) || isBuilt()) return
  say('building the admin page ...')
  const vite = path.join(projectRoot, 'node_modules/vite/bin/vite.js')
  const result = spawnSync(process.execPath, [vite, 'build', 'admin-svelte', '--logLevel', 'warn'], { cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (result.status !== 0) throw new Error(`the admin page could not be built:\n${result.stdout}${result.stderr}`)
}

function isBuilt(): boolean {
  const built = statSync(path.join(FOLDER, 'dist/index.html'), { throwIfNoEntry: false })
  if (built === undefined) return false
  return globSync(SOURCES, { cwd: projectRoot }).every((file) => {
    const source = statSync(path.join(projectRoot, file), { throwIfNoEntry: false })
    return source === undefined || source.mtimeMs <= built.mtimeMs
  })
}
