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

const whole = ['chromium', 'chromium-browser', 'google-chrome']

/**
 * `isShell`: the one that can have no windows, where there is one. Its contexts cost 0.17 s of CPU and not 0.58, so tests
 * take it; what is measured or looked at is so in the browser that people have.
 */
export function openChromium({ isShell = false } = {}): Promise<Browser> {
  const args = [...quiet, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const names = isShell ? ['chromium-headless-shell', ...whole] : [...whole, 'chromium-headless-shell']
  return chromium.launch({ executablePath: findChromium(names), args })
}

function findChromium(names: string[]): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
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
