/** Questions over a message channel, matched to their answers by number. */
export interface Calls {
  /** `send` gets the number to put into the message. Rejects when the other side ends first. */
  call<T>(send: (id: number) => void): Promise<T>
  answer(id: number, result: unknown): void
  /** Fails what is open, and everything that is asked from now on. */
  end(reason: Error): void
}

interface Open {
  resolve(result: unknown): void
  reject(reason: Error): void
}

export function createCalls(): Calls {
  const open = new Map<number, Open>()
  let nextId = 1
  let ended: Error | null = null
  return {
    call<T>(send: (id: number) => void) {
      if (ended !== null) return Promise.reject(ended)
      return new Promise<T>((resolve, reject) => {
        const id = nextId++
        open.set(id, { resolve: resolve as (result: unknown) => void, reject })
        send(id)
      })
    },
    answer(id, result) {
      open.get(id)?.resolve(result)
      open.delete(id)
    },
    end(reason) {
      ended = reason
      for (const { reject } of open.values()) reject(reason)
      open.clear()
    }
  }
}
