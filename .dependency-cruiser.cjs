// The walls of the house: who may import whom, each with its reason. `npm run walls` holds them.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'Data goes forward. A circle means two files that are one, or a noun in the wrong room.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'protocol-stands-alone',
      severity: 'error',
      comment: 'protocol/ is the words both sides share. It does no I/O and imports nothing of ours.',
      from: { path: '^server/protocol' },
      to: { pathNot: ['^server/protocol', '(^|node_modules/)typebox'] },
    },
    {
      name: 'room-never-waits',
      severity: 'error',
      comment: 'The room loop never waits for I/O: it is given append and connections, it fetches neither.',
      from: { path: '^server/room' },
      to: {
        path: [
          'node_modules/(fastify|@fastify|ws|ioredis|mysql2)',
          '^server/log/(?!entry)',
          '^server/(history|socket|stores|account|membership)/',
          '^server/db',
        ],
      },
    },
    {
      name: 'only-the-log-knows-the-stream',
      severity: 'error',
      comment: 'history/ and socket/ reach Redis streams through log/, so the keys have one owner.',
      from: { path: '^server/(history|socket|account|membership|room|import)' },
      to: { path: ['^server/log/keys', 'node_modules/ioredis'] },
    },
    {
      name: 'the-door-knows-no-sql',
      severity: 'error',
      comment: 'socket/ turns frames into commands; what MySQL has comes through history/ or membership/.',
      from: { path: '^server/socket' },
      to: { path: ['node_modules/mysql2', '^server/db'] },
    },
    {
      name: 'web-shares-only-words',
      severity: 'error',
      comment: 'The browser may import the shared words (protocol/) and nothing else of the server.',
      from: { path: '^web' },
      to: { path: '^server', pathNot: '^server/protocol' },
    },
    {
      name: 'only-wire-talks',
      severity: 'error',
      comment:
        'Everything that talks to the server stands in web/wire. The rest of web/ meets it through its doors.',
      from: { path: '^web', pathNot: '^web/(wire|main|App)' },
      to: { path: '^web/wire/(socket|http|outbox)' },
    },
    {
      name: 'product-free-of-tests',
      severity: 'error',
      comment: 'What ships never imports from test/.',
      from: { path: '^(server|web)' },
      to: { path: '^test' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist'] },
    exclude: { path: ['^dist', '^test/bench/node_modules'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.vue', '.mjs', '.js'] },
  },
}
