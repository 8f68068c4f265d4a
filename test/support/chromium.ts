// The machine's Chromium, quiet and headless.
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'

/** Chromium itself uses no network, and screenshots do not depend on the machine's display. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
]

export const whole = ['chromium', 'chromium-browser', 'google-chrome']

/**
 * `isShell`: the headless-only build, if it is installed. Its contexts cost 0.17 s of CPU instead of 0.58, so tests use
 * it; measurements and screenshots use the browser that people have. `flags`: of its command line, besides.
 */
export function openChromium({
  isShell = false,
  flags = [],
}: { isShell?: boolean; flags?: readonly string[] } = {}): Promise<Browser> {
  const args = [...quiet, ...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const names = isShell ? ['chromium-headless-shell', ...whole] : [...whole, 'chromium-headless-shell']
  return chromium.launch({ executablePath: findChromium(names), args })
}

export function findChromium(names: readonly string[]): string {
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
