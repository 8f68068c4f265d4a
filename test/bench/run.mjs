// `npm run bench`: hands over to bench.ts.
import { handOver } from './hand-over.mjs'

await handOver('bench.ts', { peers: true })
