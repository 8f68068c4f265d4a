// brook export: exports a room, or a part of it, as Markdown, HTML or JSON lines.
import { readConfig } from '../../config.ts'
import { exportArchive } from '../../export/archive.ts'
import { exportFormats } from '../../export/forms.ts'
import { isZone } from '../../history/calendar.ts'
import { isPipeClosed, OutputClosed } from '../output.ts'
import { openExisting } from '../ready.ts'
import { UsageError, wholeFlag, type Verb } from '../verb.ts'

export const exportVerb: Verb = {
  usage:
    'export <room> [--format md|html|jsonl] [--out FILE] [--from SEQ] [--to SEQ] [--zone ZONE] [--files]',
  about:
    'Export the messages of a room (by its name, or id:NUMBER) from MySQL. The last line says up to which number the ' +
    'export is complete; the next export can continue from there.',
  options: {
    format: { type: 'string', value: 'F', about: 'md, html or jsonl (md)' },
    out: { type: 'string', value: 'FILE', about: 'output file (standard output)' },
    from: { type: 'string', value: 'SEQ', about: 'the first number (1)' },
    to: { type: 'string', value: 'SEQ', about: 'the last number (the newest)' },
    files: { type: 'boolean', about: 'with the files of the messages, as a zip' },
    zone: { type: 'string', value: 'ZONE', about: 'time zone, such as Europe/Berlin (UTC)' },
  },
  positionals: 1,
  async run(given, { env, say }) {
    const [room] = given.positionals
    if (room === undefined) throw new UsageError('which room? For example: brook export lobby --out lobby.md')
    const format = exportFormats.find((name) => name === (given.flags['format'] ?? 'md'))
    if (format === undefined) throw new UsageError(`the formats are ${exportFormats.join(', ')}`)
    const zone = String(given.flags['zone'] ?? 'UTC')
    if (!isZone(zone)) throw new UsageError(`unknown time zone "${zone}"`)
    const [from, to] = [wholeFlag(given, 'from') ?? 1, wholeFlag(given, 'to')]
    if (to !== undefined && to < from) throw new UsageError('--to is before --from')
    const { out } = given.flags
    const { config, stores } = await openExisting(readConfig(env), say, 'brook export', { reads: true })
    try {
      const file = typeof out === 'string' ? out : undefined
      const written = await exportArchive(config, {
        room,
        format,
        zone,
        from,
        to,
        out: file,
        files: given.flags['files'] === true,
      }).catch((error: unknown) => {
        throw file === undefined && isPipeClosed(error) ? new OutputClosed() : error
      })
      if (written === undefined) throw new UsageError(`there is no room "${room}"`)
      if (file !== undefined) say(`${written} messages written to ${file}`)
    } finally {
      await stores.stop()
    }
  },
}
