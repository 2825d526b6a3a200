import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildAdminPage } from './admin-page.ts'
import { readCommandLine } from './command-line.ts'
import { packageManifest } from './pack/package-manifest.ts'
import { javaScriptOf, packagedSources } from './pack/package-source.ts'
import { projectRoot } from './project-root.ts'

const HELP = `npm run pack    builds the package in dist/package and as dist/open-gateway-VERSION.tgz

It holds the command line, the control plane and the data node as JavaScript, and the built admin page.`
const COPIED = ['bin', 'admin-svelte/dist', 'docs', 'README.md', 'LICENSE']
/** What the control plane reads beside its sources. */
const ASSETS = 'server/**/*.{css,js}'

readCommandLine(HELP, [])
const dist = path.join(projectRoot, 'dist')
const folder = path.join(dist, 'package')
rmSync(folder, { recursive: true, force: true })
buildAdminPage((line) => console.error(`pack: ${line}`))
for (const file of packagedSources(projectRoot)) write(file.replace(/\.ts$/, '.js'), javaScriptOf(readFileSync(path.join(projectRoot, file), 'utf8')))
for (const name of [...COPIED, ...globSync(ASSETS, { cwd: projectRoot })]) cpSync(path.join(projectRoot, name), path.join(folder, name), { recursive: true })
write('package.json', `${JSON.stringify(packageManifest(readJson('package.json'), readJson('package-lock.json')), null, 2)}\n`)
console.log(packUp())

/** @returns the path of the package */
function packUp(): string {
  for (const old of globSync('*.tgz', { cwd: dist })) rmSync(path.join(dist, old))
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dist], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`)
  const [name] = globSync('*.tgz', { cwd: dist })
  if (name === undefined) throw new Error(`npm pack wrote nothing:\n${stdout}`)
  return path.join(dist, name)
}

function write(name: string, text: string): void {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(projectRoot, name), 'utf8')) as T
}
