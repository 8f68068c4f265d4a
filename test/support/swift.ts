// An S3 server for one test file: Swift with its s3api, in one process. Its bytes are in a folder of its own; it is frozen,
// stopped and removed without a trace.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { S3Config } from '../../server/config-s3.ts'
import { S3Requests } from '../../server/files/stores/s3-requests.ts'
import { unpackedShelf, unpackPackages } from '../../server/stores/unpack.ts'
import { freePort } from './free-port.ts'
import { StoreProcess } from './proc.ts'

const key = 'brook:ann'
const secret = 'annsecret'
export const bucket = 'brook-files'
const parts = ['account', 'container', 'object'] as const

/** Python, and the environment in which it finds Swift. @throws if it is not here and cannot be fetched */
async function findSwift(): Promise<{ python: string; env: NodeJS.ProcessEnv }> {
  const own = fileURLToPath(new URL('../../node_modules/.cache/brook-swift', import.meta.url))
  const packages = path.join(own, 'programs/usr/lib/python3/dist-packages')
  if (!existsSync(path.join(packages, 'swift'))) {
    await mkdir(own, { recursive: true })
    await unpackPackages(['python3-swift'], own, () => undefined)
  }
  const { env } = await unpackedShelf(own)
  const unpacked = path.join(own, 'programs/usr/bin/python3')
  const python = existsSync(unpacked) ? unpacked : '/usr/bin/python3'
  return { python, env: { ...env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' } }
}

/** All of its servers in one process: arguments are the folder, and the ports of `parts` and of the proxy. */
const program = `
import sys
import eventlet
eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)
from eventlet import wsgi
from swift.common.ring import RingBuilder
from swift.common.storage_policy import reload_storage_policies
from swift.common.utils import set_swift_dir, validate_configuration
from swift.common.wsgi import loadapp

folder, ports = sys.argv[1], [int(port) for port in sys.argv[2:]]
set_swift_dir(folder)
reload_storage_policies()
validate_configuration()
names = ('account', 'container', 'object', 'proxy')
for name, port in list(zip(names, ports))[:3]:
    ring = RingBuilder(4, 1, 1)
    ring.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'sdb1',
                  'replication_ip': '127.0.0.1', 'replication_port': port, 'meta': ''})
    ring.rebalance()
    ring.get_ring().save('%s/%s.ring.gz' % (folder, name))
threads = []
for name, port in zip(names, ports):
    app = loadapp('%s/%s.conf' % (folder, name), global_conf={'log_name': name})
    threads.append(eventlet.spawn(wsgi.server, eventlet.listen(('127.0.0.1', port), backlog=256), app, log_output=False))
for thread in threads:
    thread.wait()
`

/** The configuration of each server, by file. */
const files = (folder: string): Record<string, string> => ({
  'serve.py': program,
  'swift.conf':
    '[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n[storage-policy:0]\nname = p0\ndefault = yes\n',
  ...Object.fromEntries(
    parts.map((name) => [
      `${name}.conf`,
      `[DEFAULT]
swift_dir = ${folder}
devices = ${folder}/devices
mount_check = false
log_address = /nonexistent
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
`,
    ]),
  ),
  'proxy.conf': `[DEFAULT]
swift_dir = ${folder}
log_address = /nonexistent
[pipeline:main]
pipeline = catch_errors cache s3api tempauth bulk slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
allow_multipart_uploads = true
min_segment_size = 1
check_bucket_owner = false
[filter:tempauth]
use = egg:swift#tempauth
user_brook_ann = ${secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`,
})

export class Swift {
  readonly folder: string
  readonly port: number
  readonly process: StoreProcess

  private constructor(folder: string, port: number, process: StoreProcess) {
    this.folder = folder
    this.port = port
    this.process = process
  }

  /** It has no bucket yet. */
  static async start(): Promise<Swift> {
    const { python, env } = await findSwift()
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
    await mkdir(path.join(folder, 'devices/sdb1'), { recursive: true })
    for (const [name, text] of Object.entries(files(folder))) await writeFile(path.join(folder, name), text)
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()]
    const [, , , port = 0] = ports
    const process = new StoreProcess({
      name: 'swift',
      command: python,
      args: [path.join(folder, 'serve.py'), folder, ...ports.map(String)],
      env,
      logFile: path.join(folder, 'log'),
      pidFile: path.join(folder, 'pid'),
      mark: folder,
      ask: async () => {
        await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) })
      },
    })
    await process.start()
    return new Swift(folder, port, process)
  }

  /** As Brook is told of it. */
  config(more: Partial<S3Config> = {}): S3Config {
    return {
      endpoint: `http://127.0.0.1:${this.port}`,
      bucket,
      prefix: '',
      region: 'us-east-1',
      key,
      secret,
      style: 'path',
      ...more,
    }
  }

  /** As S3_URL. */
  get url(): string {
    return `s3://${encodeURIComponent(key)}:${secret}@127.0.0.1:${this.port}/${bucket}`
  }

  async makesBucket(): Promise<void> {
    const requests = new S3Requests(this.config())
    await requests.ask({ method: 'PUT' })
    requests.close()
  }

  async stop(): Promise<void> {
    await this.process.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
