// One clock for all threads: monotonic milliseconds with fractions down to microseconds.

export function clock(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}
