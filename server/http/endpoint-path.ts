/** A parameter of an endpoint's path. A colon elsewhere stands for itself, as in /routes:bulk. */
export const PATH_PARAMETER = /(?<=\/):(\w+)/g

/** A regular expression of the paths that an endpoint's path means. */
export function pathPattern(path: string): string {
  return path.replaceAll('.', '\\.').replace(PATH_PARAMETER, '[^/]+')
}

/** The path in the language of the router, which takes any colon for a parameter. */
export function routerPath(path: string): string {
  return path.replace(/(?<!\/):/g, '\\:')
}
