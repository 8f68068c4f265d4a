// brook build: what there is to build was built by prepare.mjs before this runs.
import type { Verb } from '../verb.ts'

export const build: Verb = {
  usage: 'build',
  about: 'Build the server and the web app into dist/, when their sources have changed.',
  options: {},
  words: 0,
  async run(_given, { say }) {
    say('dist/ is up to date.')
  },
}
