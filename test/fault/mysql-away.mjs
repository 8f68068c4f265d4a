// node test/fault/mysql-away.mjs --minutes 5 --rate 200
import { run } from './run.mjs'

await run('mysql-away')
