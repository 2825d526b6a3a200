/** Where the page is, by the History API. Plain links work: one click handler on the document takes them over. */
class Router {
  path = $state(location.pathname)
  query = $state.raw(new URLSearchParams(location.search))
  /** Counts navigations, so that a page can tell the first view from a later one. */
  moves = 0

  go(to: string, replace = false): void {
    if (replace) history.replaceState(null, '', to)
    else history.pushState(null, '', to)
    this.#read()
  }

  listen(): void {
    addEventListener('popstate', () => this.#read())
    document.addEventListener('click', (event) => {
      const to = ownLink(event)
      if (to === null) return
      event.preventDefault()
      this.go(to)
    })
  }

  #read(): void {
    this.moves += 1
    this.path = location.pathname
    this.query = new URLSearchParams(location.search)
    scrollTo(0, 0)
  }
}

export const router = new Router()

/** The path of a plain left click on a link of this page, or null when the browser should handle it. */
function ownLink(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const anchor = event.target instanceof Element ? event.target.closest('a') : null
  if (anchor === null || anchor.target !== '' || anchor.hasAttribute('download') || anchor.origin !== location.origin) return null
  if (anchor.pathname.startsWith('/api/')) return null
  if (anchor.pathname === location.pathname && anchor.hash !== '') return null
  return anchor.pathname + anchor.search
}
