// A file on its way to somebody else than its owner: without what a camera has written into it.
import { pipeline, Transform, type Readable } from 'node:stream'
import { applyPatches, type Patch } from '../pictures/scrub/patch.ts'

/** `start`: where in the file the stream begins. */
export function patched(stream: Readable, patches: readonly Patch[], start = 0): Readable {
  if (patches.length === 0) return stream
  let at = start
  const writing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const written = applyPatches(chunk, at, patches)
      at += chunk.length
      done(null, written)
    },
  })
  // Whoever reads it is told of its errors; and if they stop, the file is closed.
  return pipeline(stream, writing, () => undefined)
}
