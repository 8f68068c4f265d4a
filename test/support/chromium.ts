// The machine's Chromium, quiet and without a window.
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'

/** Nothing of Chromium's own goes over the network, and no picture of a story depends on the machine's screen. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
]

export function openChromium(): Promise<Browser> {
  const args = [...quiet, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  return chromium.launch({ executablePath: findChromium(), args })
}

function findChromium(): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const files = names.flatMap((name) => [...folders, '/usr/bin'].map((folder) => path.join(folder, name)))
  const found = files.find(isProgram)
  if (found === undefined) throw new Error('the stories need Chromium, which npm test installs')
  return found
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
