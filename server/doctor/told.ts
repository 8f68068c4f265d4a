// What `brook doctor` prints: a line for each check, and under it what differs, where, and what --repair would do. Pure.
import type { Difference } from './check.ts'
import type { CheckReport, DoctorReport } from './doctor.ts'

/** Lines of one check: whoever wants all of them takes --json. */
const shownDifferences = 10

/** Of all checks, for a person. */
export function tell(report: DoctorReport, { repair }: { repair: boolean }): string[] {
  const width = Math.max(...report.checks.map(({ name }) => name.length))
  return [
    ...report.checks.flatMap((check) => tellCheck(check, { report, width, repair })),
    '',
    summary(report, repair),
  ]
}

function tellCheck(
  check: CheckReport,
  { report, width, repair }: { report: DoctorReport; width: number; repair: boolean },
): string[] {
  const { name, rows, ms, count, repaired, differences } = check
  const left = count - repaired
  const state = count === 0 ? 'ok' : left === 0 ? `${count} repaired` : `${left} wrong`
  const rate = rows === 0 ? '' : `, ${whole((rows * 1_000) / Math.max(1, ms))} a second`
  const head = `${name.padEnd(width)}  ${state.padEnd(12)}  ${whole(rows)} rows in ${(ms / 1_000).toFixed(1)} s${rate}`
  if (count === 0) return [head]
  const shown = differences.slice(0, shownDifferences).map((one) => `  ${placeOf(one, report)}${one.words}`)
  const more =
    differences.length > shownDifferences ? [`  … and ${differences.length - shownDifferences} more`] : []
  return [head, ...shown, ...more, ...(left === 0 ? [] : [`  ${advice(check, repair)}`])]
}

/** garden #12: */
function placeOf({ room, seq }: Difference, { names }: DoctorReport): string {
  if (room === undefined) return ''
  const name = names[room]
  return `${name === undefined || name === '' ? `room ${room}` : `${name} (room ${room})`}${seq === undefined ? '' : ` #${seq}`}: `
}

function advice({ repair }: CheckReport, asked: boolean): string {
  if (repair === null) return 'This cannot be rebuilt from anything that is left. See docs/DOCTOR.md.'
  return asked ? '--repair could not rebuild this. See docs/DOCTOR.md.' : `--repair ${repair}.`
}

function summary({ ok, checks, rooms, rows, ms }: DoctorReport, repair: boolean): string {
  const wrong = checks.reduce((sum, { count, repaired }) => sum + count - repaired, 0)
  const repaired = checks.reduce((sum, one) => sum + one.repaired, 0)
  const looked = `${checks.length} checks, ${whole(rooms)} ${rooms === 1 ? 'room' : 'rooms'}, ${whole(rows)} rows in ${(ms / 1_000).toFixed(1)} s`
  const done = repair && repaired > 0 ? ` ${whole(repaired)} repaired.` : ''
  return ok ? `All is well.${done} ${looked}.` : `${whole(wrong)} wrong.${done} ${looked}.`
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
