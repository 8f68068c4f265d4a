// The passphrase of backups: from BACKUP_PASSPHRASE, or the first line of a file. Never from the command line, which others see.
import { readFileSync } from 'node:fs'
import { ConfigError } from '../config-error.ts'

/** With 2^15 rounds of scrypt, five random words or so many random characters are beyond guessing. */
const minChars = 16

/** Undefined: none is set. @throws ConfigError if the file cannot be read, or it is too short */
export function readPassphrase(
  env: Partial<Record<string, string>>,
  file: string | undefined = env['BACKUP_PASSPHRASE_FILE'],
): string | undefined {
  const text = file === undefined ? env['BACKUP_PASSPHRASE'] : lineOf(file)
  if (text === undefined || text.length >= minChars) return text
  const where = file === undefined ? 'BACKUP_PASSPHRASE' : `The passphrase in ${file}`
  throw new ConfigError(
    `${where} has fewer than ${minChars} characters. For example: openssl rand -base64 24 > brook.passphrase`,
  )
}

function lineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? ''
  } catch {
    throw new ConfigError(`The file of the passphrase, ${file}, cannot be read.`)
  }
}
