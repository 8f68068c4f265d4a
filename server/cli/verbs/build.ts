// brook build: prepare.mjs has already built everything when this runs.
import type { Verb } from '../verb.ts'

export const build: Verb = {
  usage: 'build',
  about: 'Build the server and the web app into dist/ if their sources have changed.',
  options: {},
  positionals: 0,
  async run(_given, { say }) {
    say('dist/ is up to date.')
  },
}
