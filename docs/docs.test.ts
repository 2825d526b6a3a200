import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const FILES = ['README.md', 'README.zh-CN.md', ...globSync('docs/**/*.md', { cwd: root })].filter((file) => existsSync(path.join(root, file))).sort()
/** Folders whose files a document may name in backticks; what is named must exist. */
const FOLDERS = ['shared', 'server', 'workers', 'db', 'admin-svelte', 'scripts', 'docs', '.ci']
/** Made on a machine, not part of the repository. */
const GENERATED = ['admin-svelte/dist']

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const withoutFences = (text: string) => text.replaceAll(/^```[^\n]*\n[\s\S]*?^```$/gm, '')

/** Links to other files, without those to the web and within the page. */
function relativeLinks(text: string): string[] {
  return [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map((found) => found[1] ?? '').filter((link) => !/^([a-z]+:|#)/.test(link))
}

/** Paths in backticks that begin with a folder of the repository; patterns with * or < are no paths. */
function namedPaths(text: string): string[] {
  const named = [...withoutFences(text).matchAll(/`([\w@.-]+\/[\w@./*<>-]*)`/g)].map((found) => found[1] ?? '')
  return named.filter((name) => FOLDERS.includes(name.split('/')[0] ?? '') && !/[*<>]/.test(name) && !GENERATED.some((one) => name.startsWith(one)))
}

/** The headings of a document as GitHub makes anchors of them. */
function anchors(text: string): string[] {
  return [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map((found) =>
    (found[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-')
  )
}

test('the front door exists', () => {
  assert.ok(FILES.includes('README.md'))
})

test('the Chinese README has the commands of the English one', () => {
  const commands = (file: string) => [...read(file).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text.replaceAll(/(^|\s+)# .*$/gm, '').replaceAll(/\n+/g, '\n'))
  assert.ok(commands('README.md').length > 3)
  assert.deepEqual(commands('README.zh-CN.md'), commands('README.md'))
})

for (const file of FILES) {
  const text = read(file)
  test(`${file}: every relative link leads to a file, every anchor to a heading`, () => {
    for (const link of relativeLinks(text)) {
      const [target = '', anchor] = link.split('#')
      const place = path.join(path.dirname(file), decodeURIComponent(target))
      assert.ok(existsSync(path.join(root, place)), `${link} leads nowhere`)
      if (anchor !== undefined && place.endsWith('.md')) assert.ok(anchors(read(place)).includes(anchor), `${link}: no such heading`)
    }
    for (const [, anchor = ''] of text.matchAll(/\]\(#([^)\s]+)\)/g)) assert.ok(anchors(text).includes(anchor), `#${anchor}: no such heading`)
  })

  test(`${file}: every file it names exists`, () => {
    for (const name of namedPaths(text)) assert.ok(existsSync(path.join(root, name)), `${name} does not exist`)
  })
}
