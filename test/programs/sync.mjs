// `brook sync` as it ships, with test hooks: on an IPC message `{at, act}`, the process kills or freezes itself when
// it next passes that point. The hooks wrap the product's classes; the product does not know about them.
import { ArchiveReader } from '../../server/log/archive-reader.ts'
import { Lease } from '../../server/history/sync/checkpoint.ts'
import { runToEnd } from '../../server/cli/main.ts'

/** @type {{ at: string, act: 'die' | 'freeze' } | undefined} */
let armed

process.on('message', (/** @type {typeof armed} */ told) => {
  armed = told
})
// The channel to the test must not keep the process alive.
process.channel?.unref()

/** @param {string} at */
function pass(at) {
  if (armed?.at !== at) return
  const { act } = armed
  armed = undefined
  process.send?.({ at, act })
  process.kill(process.pid, act === 'die' ? 'SIGKILL' : 'SIGSTOP')
}

/**
 * @param {any} kind
 * @param {string} name
 * @param {{ before?: string, after?: string }} points
 */
function wrap(kind, name, { before, after }) {
  const real = kind.prototype[name]
  kind.prototype[name] = async function (/** @type {unknown[]} */ ...given) {
    if (before !== undefined) pass(before)
    const answer = await real.apply(this, given)
    const isEmpty = Array.isArray(answer) && answer.length === 0
    if (after !== undefined && !isEmpty) pass(after)
    return answer
  }
}

wrap(ArchiveReader, 'fresh', { after: 'read' })
wrap(ArchiveReader, 'pending', { after: 'read' })
wrap(Lease, 'guard', { after: 'insert' })
wrap(Lease, 'move', { after: 'commit' })
wrap(ArchiveReader, 'announce', { before: 'announce' })
wrap(ArchiveReader, 'ack', { before: 'ack' })
wrap(ArchiveReader, 'trim', { before: 'trim' })

await runToEnd(['sync'])
