// Which version of Brook this is.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.ts'

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }

export const brookVersion: string = version
