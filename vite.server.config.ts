import { defineConfig, type UserConfig } from 'vite'

/** Native, or they read files beside them: these stay in node_modules. */
const external = ['@fastify/swagger-ui', '@node-rs/argon2', 'pino', 'sharp']

/** The dictionaries of passwords are loaded at the first password, what reads passkeys at the first passkey, age with a backup. */
const late =
  '@zxcvbn-ts|age-encryption|@noble/ciphers|@noble/curves|@noble/post-quantum|@scure|@simplewebauthn|@peculiar|@hexagon|@levischuck|asn1js|pvtsutils|pvutils|reflect-metadata|tsyringe|tslib'
const isPackage = new RegExp(`/node_modules/(?!(?:${late})/)`)

/** A process that reads pictures loads a hundredth of the packages. */
const ofPictures = [
  { name: 'debug', test: /\/node_modules\/(?:debug|ms|supports-color|has-flag)\//, priority: 2 },
  {
    name: 'pictures',
    test: /\/node_modules\/(?:file-type|thumbhash|strtok3|token-types|uint8array-extras|ieee754|@tokenizer|@borewit)\//,
    priority: 2,
  },
]

/** Programs for Node with their packages bundled. `input`: the entry file of each, by the program's name. */
export const programs = (outDir: string, input: Record<string, string>): UserConfig => ({
  publicDir: false,
  ssr: { noExternal: true, external },
  build: {
    ssr: true,
    outDir,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input,
      output: {
        // All in one folder, where workers.ts finds worker.js, and picture-process.ts and backup-process.ts their programs.
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        codeSplitting: { groups: [...ofPictures, { name: 'packages', test: isPackage }] },
      },
    },
  },
})

/** What a server starts as processes of its own, wherever it is. */
export const besideEach = {
  'picture-worker': 'server/pictures/picture-worker.ts',
  'backup-worker': 'server/backup/backup-worker.ts',
}

// The server as it ships: the command line, and a worker. Loading the 1,400 files of sources and packages one by one
// takes Node three times as long as loading these few.
export default defineConfig(
  programs('dist/brook', {
    main: 'server/cli/main.ts',
    worker: 'server/workers/worker.ts',
    ...besideEach,
  }),
)
