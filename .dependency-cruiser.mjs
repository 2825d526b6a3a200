// Who may import whom. `scripts/check.test.ts` plants a violation of every rule.
const TEST = '\\.(test|cases)\\.ts$|/testing/|^scripts/|^admin-svelte/tests/|^docs/'

/** Files of `from` may import, of the project's own folders, only `allowed` (and their own). */
function only(from, allowed) {
  const own = ['shared', 'db', 'server', 'workers', 'admin-svelte', 'scripts', 'docs']
  const refused = own.filter((folder) => folder !== from && !allowed.includes(folder))
  return {
    name: `${from}-imports`,
    comment: `${from}/ may import only ${allowed.length === 0 ? 'its own files' : allowed.map((folder) => `${folder}/`).join(', ')}`,
    severity: 'error',
    from: { path: `^${from}/`, pathNot: TEST },
    to: { path: `^(${refused.join('|')})/` }
  }
}

export default {
  forbidden: [
    only('shared', []),
    only('db', ['shared']),
    only('server', ['db', 'shared']),
    only('workers', ['shared']),
    only('admin-svelte', ['shared']),
    {
      name: 'tests-reach-only-services',
      comment: 'of scripts/, a test beside its source may import only scripts/services/',
      severity: 'error',
      from: { path: '^(shared|db|server|workers|admin-svelte)/', pathNot: '^admin-svelte/tests/' },
      to: { path: '^scripts/', pathNot: '^scripts/services/' }
    },
    {
      name: 'browser-tests-reach-the-system',
      comment: 'of scripts/, a browser test may import only scripts/services/ and scripts/system/support/',
      severity: 'error',
      from: { path: '^admin-svelte/tests/' },
      to: { path: '^scripts/', pathNot: '^scripts/(services|system/support)/' }
    },
    {
      name: 'parts-meet-in-shared',
      comment: 'server, workers and admin-svelte never import one another, tests included',
      severity: 'error',
      from: { path: '^(server|workers|admin-svelte)/' },
      to: { path: '^(server|workers|admin-svelte)/', pathNot: '^$1/' }
    },
    {
      name: 'shared-is-pure',
      comment: 'shared/ runs in the browser too: no modules of Node',
      severity: 'error',
      from: { path: '^shared/', pathNot: TEST },
      to: { dependencyTypes: ['core'] }
    },
    {
      name: 'page-runs-in-the-browser',
      comment: 'the admin page has no modules of Node',
      severity: 'error',
      from: { path: '^admin-svelte/src/', pathNot: TEST },
      to: { dependencyTypes: ['core'] }
    },
    {
      name: 'control-not-proxy',
      comment: 'workers/control/ (the primary) and workers/proxy/ (the threads) meet in messages only',
      severity: 'error',
      from: { path: '^workers/control/' },
      to: { path: '^workers/proxy/' }
    },
    {
      name: 'proxy-not-control',
      comment: 'workers/control/ (the primary) and workers/proxy/ (the threads) meet in messages only',
      severity: 'error',
      from: { path: '^workers/proxy/' },
      to: { path: '^workers/control/' }
    },
    {
      name: 'no-test-in-product',
      comment: 'the product does not import test files',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: '\\.(test|cases)\\.ts$|/testing/' }
    },
    {
      name: 'no-development-package',
      comment: 'what runs on a server needs a package of "dependencies"; types may come from the others',
      severity: 'error',
      from: { path: '^(shared|db|server|workers)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' }
    },
    {
      name: 'only-listed-packages',
      comment: 'a package that package.json does not name may be gone tomorrow',
      severity: 'error',
      from: { pathNot: '^node_modules/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }
    },
    {
      name: 'command-line-speaks-to-the-api',
      comment: 'scripts/gateway/ is a client of the REST API; what needs the database itself is a program of server/ that it becomes',
      severity: 'error',
      from: { path: '^scripts/gateway/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(server|db|workers|admin-svelte)/' }
    },
    {
      name: 'resolvable',
      comment: 'the imported file is not there',
      severity: 'error',
      from: { pathNot: '^node_modules/' },
      to: { couldNotResolve: true }
    },
    {
      name: 'no-cycle',
      comment: 'no import cycles, type-only imports included',
      severity: 'error',
      from: {},
      to: { circular: true }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(admin-svelte/dist|\\.data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.mjs', '.svelte', '.json'] },
    moduleSystems: ['es6', 'cjs', 'tsd']
  }
}
