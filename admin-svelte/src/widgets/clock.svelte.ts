/** The time that relative moments are shown against; moves each second while the page is visible. */
class Clock {
  now = $state(Date.now())

  start(): void {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now()
    }, 1000)
  }
}

export const clock = new Clock()
