// The import rules: which module may import which, each with its reason. `npm run walls` checks them.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment:
        'Data flows one way. A cycle means that two files are really one, or that something is in the wrong module.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'protocol-stands-alone',
      severity: 'error',
      comment:
        'protocol/ is what server and web app share. It does no I/O and imports no other module of ours.',
      from: { path: '^server/protocol' },
      to: { pathNot: ['^server/protocol', '(^|node_modules/)typebox'] },
    },
    {
      name: 'text-only-reads',
      severity: 'error',
      comment: 'text/ is the one parser of messages, in browser and server: it knows neither of them.',
      from: { path: '^server/text' },
      to: { pathNot: ['^server/(text|protocol)/', 'node_modules/'] },
    },
    {
      name: 'room-is-only-the-loop',
      severity: 'error',
      comment:
        'The room loop never waits for I/O: entries and listeners are passed to it. posting/ decides what may be sent and makes the entry.',
      from: { path: '^server/room' },
      to: { pathNot: ['^server/(room|channel|protocol)/', '^server/log/entry'] },
    },
    {
      name: 'posting-knows-no-store',
      severity: 'error',
      comment:
        'posting/ decides what may become an entry. It appends through the log and asks history/ and membership/; it uses neither keys nor SQL.',
      from: { path: '^server/posting' },
      to: {
        path: [
          'node_modules/(ioredis|mysql2)',
          '^server/(db|redis/)',
          '^server/log/(?!entry|log\\.)',
          '^server/history/sql/',
          '^server/(socket|room|commands|hook)/',
        ],
      },
    },
    {
      name: 'every-way-in-asks-the-gate',
      severity: 'error',
      comment:
        'Sockets, commands and webhooks do not decide who may post: posting/gate does, once for all, so that the same question has the same answer by every way.',
      from: { path: '^server/(socket|commands|hook/incoming)', pathNot: '/feature' },
      to: { path: '^server/(membership/(?!reading|room-list)|protocol/rights)' },
    },
    {
      name: 'only-the-log-knows-the-stream',
      severity: 'error',
      comment: 'Other modules reach the Redis streams through log/, so that the keys have one owner.',
      from: { path: '^server/(history|socket|account|membership|room|posting|import)' },
      to: { path: ['^server/log/keys', 'node_modules/ioredis'] },
    },
    {
      name: 'the-socket-knows-no-sql',
      severity: 'error',
      comment: 'socket/ turns frames into requests; it gets MySQL data through history/ or membership/.',
      from: { path: '^server/socket' },
      to: { path: ['node_modules/mysql2', '^server/db'] },
    },
    {
      name: 'only-app-composes',
      severity: 'error',
      comment:
        'app.ts is the one list of what Brook consists of. A feature is given the others as objects; it does not make them.',
      from: { path: '^server', pathNot: '^server/app\\.ts$' },
      to: { path: '/feature\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'main-only-starts',
      severity: 'error',
      comment: 'main.ts starts and stops: what is started is in core.ts, app.ts and http.ts.',
      from: { path: '^server/main\\.ts$' },
      to: { path: '^server/', pathNot: '^server/(app|core|feature|http|metrics|starting)\\.ts$' },
    },
    {
      name: 'routes-stay-inside',
      severity: 'error',
      comment: 'Only a feature registers its own routes: no other module knows its HTTP interface.',
      from: { path: '^server/([^/]+)/' },
      to: { path: 'routes?\\.ts$', pathNot: '^server/$1/' },
    },
    {
      name: 'only-the-provider-connects',
      severity: 'error',
      comment:
        'Every connection to Redis is made by RedisProvider, by what it is for, so that it can be ended and moved there.',
      from: { path: '^server', pathNot: '^server/redis/' },
      to: { path: '^server/redis/connect' },
    },
    {
      name: 'web-shares-only-protocol',
      severity: 'error',
      comment: 'The web app may import protocol/ and text/ and nothing else from the server.',
      from: { path: '^web' },
      to: { path: '^server', pathNot: '^server/(protocol|text)/' },
    },
    {
      name: 'only-wire-talks',
      severity: 'error',
      comment: 'All code that talks to the server is in web/wire. The rest of web/ uses its public modules.',
      from: { path: '^web', pathNot: '^web/(wire|main|App)' },
      to: { path: '^web/wire/(socket|http|outbox)' },
    },
    {
      name: 'a-conversation-knows-no-screen',
      severity: 'error',
      comment:
        'Rooms, threads and the past share web/conversation: they pass it what it shows. It imports none of them.',
      from: { path: '^web/conversation' },
      to: { path: '^web/(room|rooms|thread|moment|people|pins|saved|search|mentions|hooks|account|admin)/' },
    },
    {
      name: 'product-free-of-tests',
      severity: 'error',
      comment: 'Product code never imports from test/.',
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
