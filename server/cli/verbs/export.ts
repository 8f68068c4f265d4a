// brook export: writes a room, or a part of it, as Markdown, HTML or JSON lines.
import { readConfig } from '../../config.ts'
import { exportArchive } from '../../export/archive.ts'
import { exportFormats } from '../../export/forms.ts'
import { isZone } from '../../history/calendar.ts'
import { openReady } from '../ready.ts'
import { UsageError, wholeFlag, type Verb } from '../verb.ts'

export const exportVerb: Verb = {
  usage: 'export <room> [--format md|html|jsonl] [--out FILE] [--from SEQ] [--to SEQ] [--zone ZONE]',
  about:
    'Write what was said in a room (its name or its number), as MySQL has it. The end of what is written says up to ' +
    'which number it is complete; the next export goes on from there.',
  options: {
    format: { type: 'string', value: 'F', about: 'md, html or jsonl (md)' },
    out: { type: 'string', value: 'FILE', about: 'where to (standard output)' },
    from: { type: 'string', value: 'SEQ', about: 'the first number (1)' },
    to: { type: 'string', value: 'SEQ', about: 'the last number (the newest)' },
    zone: { type: 'string', value: 'ZONE', about: 'whose clock, such as Europe/Berlin (UTC)' },
  },
  words: 1,
  async run(given, { env, say }) {
    const [room] = given.words
    if (room === undefined) throw new UsageError('which room? For example: brook export lobby --out lobby.md')
    const format = exportFormats.find((name) => name === (given.flags['format'] ?? 'md'))
    if (format === undefined) throw new UsageError(`the formats are ${exportFormats.join(', ')}`)
    const zone = String(given.flags['zone'] ?? 'UTC')
    if (!isZone(zone)) throw new UsageError(`there is no time zone "${zone}"`)
    const [from, to] = [wholeFlag(given, 'from') ?? 1, wholeFlag(given, 'to')]
    if (to !== undefined && to < from) throw new UsageError('--to is before --from')
    const { out } = given.flags
    const { config, stores } = await openReady(readConfig(env), say, { verb: 'brook export', alone: false })
    try {
      const file = typeof out === 'string' ? out : undefined
      const written = await exportArchive(config, { room, format, zone, from, to, out: file })
      if (written === undefined) throw new UsageError(`there is no room "${room}"`)
      if (file !== undefined) say(`${written} messages written to ${file}`)
    } finally {
      await stores.stop()
    }
  },
}
