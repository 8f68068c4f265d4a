// Things that stand in a line: in at the end, out at the front, each in constant time on average.

/** Places at the front that may stand empty before the rest moves up. */
const emptyAtMost = 1_024

export class Line<T> {
  #places: (T | undefined)[] = []
  /** Index of the front: taking one moves this instead of all others. */
  #front = 0

  get length(): number {
    return this.#places.length - this.#front
  }

  push(one: T): void {
    this.#places.push(one)
  }

  /** The one at the front leaves; undefined when nobody stands here. */
  shift(): T | undefined {
    if (this.#front === this.#places.length) return undefined
    const one = this.#places[this.#front]
    // What has left is not held on to.
    this.#places[this.#front] = undefined
    this.#front += 1
    this.#moveUp()
    return one
  }

  /** Lets one leave from wherever it stands. */
  remove(one: T): void {
    const place = this.#places.indexOf(one, this.#front)
    if (place >= 0) this.#places.splice(place, 1)
  }

  /** Everybody leaves at once, in their order. */
  takeAll(): T[] {
    const all = this.#front === 0 ? this.#places : this.#places.slice(this.#front)
    this.#places = []
    this.#front = 0
    return all as T[]
  }

  #moveUp(): void {
    if (this.#front === this.#places.length) {
      this.#places.length = 0
      this.#front = 0
    } else if (this.#front >= emptyAtMost && this.#front * 2 >= this.#places.length) {
      this.#places.splice(0, this.#front)
      this.#front = 0
    }
  }
}
