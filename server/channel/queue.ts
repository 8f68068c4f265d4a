// A queue: in at the end, out at the front, each in constant time on average.

/** Places at the front that may be empty before the rest moves up. */
const maxEmpty = 1_024

export class Queue<T> {
  #places: (T | undefined)[] = []
  /** Index of the front: taking an item moves this instead of all others. */
  #front = 0

  get length(): number {
    return this.#places.length - this.#front
  }

  push(one: T): void {
    this.#places.push(one)
  }

  /** Takes the item at the front; undefined if the queue is empty. */
  shift(): T | undefined {
    if (this.#front === this.#places.length) return undefined
    const one = this.#places[this.#front]
    // Do not keep a reference to what has left.
    this.#places[this.#front] = undefined
    this.#front += 1
    this.#moveUp()
    return one
  }

  /** Removes an item from wherever it is. */
  remove(one: T): void {
    const place = this.#places.indexOf(one, this.#front)
    if (place >= 0) this.#places.splice(place, 1)
  }

  /** Takes all items, in order. */
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
    } else if (this.#front >= maxEmpty && this.#front * 2 >= this.#places.length) {
      this.#places.splice(0, this.#front)
      this.#front = 0
    }
  }
}
