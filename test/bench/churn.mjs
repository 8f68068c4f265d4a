// node test/bench/churn.mjs [--minutes 60] [--sockets 3000] [--percent 2]: hands over to churn.ts.
import { handOver } from './hand-over.mjs'

await handOver('churn.ts')
