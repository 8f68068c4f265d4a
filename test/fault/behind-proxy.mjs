// node test/fault/behind-proxy.mjs nginx|caddy|haproxy
import { run } from './run.mjs'

await run('behind-proxy')
