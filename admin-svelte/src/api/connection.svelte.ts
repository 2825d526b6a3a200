/** Whether the control plane answered the last request. */
class Connection {
  lost = $state(false)

  heard(yes: boolean): void {
    this.lost = !yes
  }
}

export const connection = new Connection()
