import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom } from '../testing/fuzz/random.ts'
import { type Timed, TimingWheel } from './timing-wheel.ts'

/** Wants to be looked at at its deadline; notes when it was. */
class Item implements Timed {
  wheelTick = -1
  wheelPlace = -1
  deadline = Infinity
  readonly seen: number[] = []

  onTime(now: number): number {
    if (now < this.deadline) return this.deadline
    this.seen.push(now)
    this.deadline = Infinity
    return Infinity
  }

  onDefect(error: unknown): void {
    throw error
  }
}

test('one that throws is told so, and the others are looked at all the same', () => {
  const wheel = new TimingWheel(100, 1_000)
  const broken = new Item()
  const defects: unknown[] = []
  broken.onTime = () => {
    throw new Error('broken')
  }
  broken.onDefect = (error) => defects.push(error)
  const sound = new Item()
  sound.deadline = 1_100
  wheel.arm(broken, 1_100)
  wheel.arm(sound, 1_100)
  wheel.advance(1_200)
  assert.equal(defects.length, 1)
  assert.deepEqual(sound.seen, [1_200])
})

test('nobody is forgotten, looked at too early or twice, whatever is armed, moved and let go', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomFrom(seed)
    let now = 1_000
    const wheel = new TimingWheel(100, now)
    const items = Array.from({ length: 50 }, () => new Item())
    for (let step = 0; step < 3_000; step++) {
      const item = items[Math.floor(random() * items.length)]!
      const action = random()
      if (action < 0.5) {
        item.deadline = now + random() * (random() < 0.1 ? 200_000 : 5_000)
        wheel.arm(item, item.deadline)
      } else if (action < 0.6) {
        item.deadline = Infinity
        wheel.disarm(item)
      } else {
        now += random() < 0.02 ? random() * 100_000 : random() * 300
        wheel.advance(now)
        for (const one of items) assert.ok(one.deadline > now - 200, `seed ${seed}: overdue by ${now - one.deadline} ms`)
      }
    }
  }
})

test('arming for a later time costs no place in the wheel', () => {
  const wheel = new TimingWheel(100, 0)
  const item = new Item()
  for (let count = 0; count < 100_000; count++) {
    item.deadline = 1_000 + count
    wheel.arm(item, item.deadline)
  }
  wheel.advance(1_100)
  assert.deepEqual(item.seen, [])
  for (let now = 1_200; now <= 102_000; now += 100) wheel.advance(now)
  assert.equal(item.seen.length, 1)
})
