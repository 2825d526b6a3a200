/** The most particular first: browsers name those that they descend from, too. */
const BROWSERS: readonly [mark: RegExp, name: string][] = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*\bSafari\//, 'Safari']
]
const SYSTEMS: readonly [mark: RegExp, name: string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux']
]

/** What a person calls the sender of a User-Agent: `Firefox 140, Linux`. Where it is no browser, the first product that it names. */
export function browserName(userAgent: string): string {
  for (const [mark, name] of BROWSERS) {
    const version = mark.exec(userAgent)?.[1]
    if (version === undefined) continue
    const system = SYSTEMS.find(([sign]) => sign.test(userAgent))?.[1]
    return `${name} ${version}${system === undefined ? '' : `, ${system}`}`
  }
  return userAgent.split(' ')[0]?.replace('/', ' ') ?? ''
}
