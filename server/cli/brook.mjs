#!/usr/bin/env node
// The `brook` command on a bare Node: makes sure that the packages and the build are present, then runs the CLI.
// Plain JavaScript, because it runs before anything is installed or compiled.
import { pathToFileURL } from 'node:url'

const minVersion = [20, 19]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < minVersion[0] || (major === minVersion[0] && minor < minVersion[1])) {
  console.error(`brook: Node ${minVersion.join('.')} or later is required; this is ${process.versions.node}.`)
  process.exit(1)
}

const { compiledMain, PrepareError, prepare } = await import('./prepare.mjs')
try {
  await prepare(process.argv[2])
} catch (error) {
  if (!(error instanceof PrepareError)) throw error
  console.error(`brook: ${error.message}`)
  process.exit(1)
}
const { runToEnd } = await import(pathToFileURL(compiledMain).href)
await runToEnd(process.argv.slice(2))
