// What a script of faults found, as lines of names and values: printed, and kept beside the evidence.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

export type Ledger = readonly (readonly [name: string, value: string | number])[]

/** `more`: lines below it, such as what was violated. */
export function tellLedger(folder: string, ledger: Ledger, more: readonly string[] = []): void {
  const text = [...ledger.map(([name, value]) => `${name.padEnd(20)} ${value}`), ...more].join('\n')
  console.log(text)
  writeFileSync(path.join(folder, 'ledger.txt'), `${text}\n`)
}
