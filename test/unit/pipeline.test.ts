// Pages fetched ahead of the one that is written: controlled by events, never by time.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pipeline } from '../../server/channel/pipeline.ts'

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

/** Lets everything run that does not wait for something outside. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function* numbers(count: number, told: string[] = []): AsyncGenerator<number> {
  for (let page = 1; page <= count; page += 1) {
    told.push(`fetched ${page}`)
    yield page
  }
}

test('page N+1 is fetched while page N is written', async () => {
  const told: string[] = []
  const held = gate()
  const running = pipeline(
    () => numbers(2, told),
    async (page) => {
      told.push(`writing ${page}`)
      if (page === 1) await held.passed
      told.push(`written ${page}`)
    },
  )
  await settle()
  expect(told).toContain('writing 1')
  expect(told).toContain('fetched 2')
  expect(told).not.toContain('written 1')
  held.open()
  await running
  expect(told.slice(-3)).toEqual(['written 1', 'writing 2', 'written 2'])
})

test('no more pages are fetched ahead than may wait, plus one on each side', async () => {
  const told: string[] = []
  const held = gate()
  const running = pipeline(
    () => numbers(100, told),
    () => held.passed,
    { ahead: 20 },
  )
  await settle()
  expect(told).toHaveLength(22)
  held.open()
  await running
  expect(told).toHaveLength(100)
})

test('every page is written once, in the order it was fetched, however fast either side is', async () => {
  const side = fc.array(fc.boolean(), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(side, side, fc.integer({ min: 1, max: 5 }), async (slowFetch, slowWrite, ahead) => {
      const written: number[] = []
      let max = 0
      let fetched = 0
      await pipeline(
        async function* () {
          for (const [page, isSlow] of slowFetch.entries()) {
            if (isSlow) await settle()
            fetched += 1
            max = Math.max(max, fetched - written.length)
            yield page
          }
        },
        async (page) => {
          if (slowWrite[page] === true) await settle()
          written.push(page)
        },
        { ahead },
      )
      expect(written).toEqual([...slowFetch.keys()])
      expect(max).toBeLessThanOrEqual(ahead + 2)
    }),
    { numRuns: 50 },
  )
})

test('a page that cannot be written ends the fetching, and what it kept open is closed', async () => {
  const told: string[] = []
  const endless = async function* (): AsyncGenerator<number> {
    try {
      for (let page = 1; ; page += 1) yield page
    } finally {
      told.push('closed')
    }
  }
  const write = async (page: number): Promise<void> => {
    if (page === 3) throw new Error('disk full')
    told.push(`written ${page}`)
  }
  await expect(pipeline(endless, write)).rejects.toThrow('disk full')
  expect(told).toEqual(['written 1', 'written 2', 'closed'])
})

test('a page that cannot be fetched ends the writing, after the current page', async () => {
  const told: string[] = []
  const held = gate()
  const running = pipeline(
    async function* () {
      yield 1
      yield 2
      throw new Error('gone away')
    },
    async (page, signal) => {
      told.push(`writing ${page}`)
      await held.passed
      told.push(`written ${page}, told to end: ${signal.aborted}`)
    },
  )
  const ended = expect(running).rejects.toThrow('gone away')
  await settle()
  expect(told).toEqual(['writing 1'])
  held.open()
  await ended
  expect(told).toEqual(['writing 1', 'written 1, told to end: true'])
})

test('an abort ends both sides, and no work is in progress when the pipeline returns', async () => {
  const stop = new AbortController()
  const told: string[] = []
  const waitFor = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  const running = pipeline(
    async function* (signal) {
      try {
        yield 1
        await waitFor(signal)
      } finally {
        told.push('fetching ended')
      }
    },
    async (_page, signal) => {
      await waitFor(signal).finally(() => told.push('writing ended'))
    },
    { signal: stop.signal },
  )
  const ended = expect(running).rejects.toThrow('enough')
  await settle()
  expect(told).toEqual([])
  stop.abort(new Error('enough'))
  await ended
  expect(told.sort()).toEqual(['fetching ended', 'writing ended'])
})

test('without pages there is nothing to write', async () => {
  await pipeline(
    () => numbers(0),
    () => Promise.reject(new Error('there was a page')),
  )
})
