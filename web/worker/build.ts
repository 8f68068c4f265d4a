// What the build of this worker consists of. vite.worker.ts writes it in.
export interface Build {
  /** As the page names it (`brook-build`). */
  id: string
  /** What the sign-in page and a room need: paths, each with its hash as `integrity` takes it. */
  first: Readonly<Record<string, string>>
  /** The paths of all other files; a file that has changed has another one. */
  later: readonly string[]
}

declare const brookBuild: Build
export const build = brookBuild
