// What is removed of a bucket that others use too.
import { expect, test } from 'vitest'
import { removeAbandoned } from '../../server/files/stores/s3-parts.ts'
import type { S3Requests } from '../../server/files/stores/s3-requests.ts'

test('of uploads that were left in the middle only our own end', async () => {
  const hash = 'ab'.repeat(32)
  const keys = [
    `blobs/${hash}`,
    `cards/${hash}`,
    `previews/${hash}/640.webp`,
    'blobs/film.mp4',
    'site/backup.tar',
  ]
  const uploads = keys.map(
    (key) =>
      `<Upload><Key>b/${key}</Key><UploadId>1</UploadId><Initiated>2020-01-01T00:00:00Z</Initiated></Upload>`,
  )
  const removed: string[] = []
  const requests = {
    prefix: 'b/',
    ask: async ({ method, key = '' }: { method: string; key?: string }) => {
      if (method === 'DELETE') removed.push(key)
      return { text: uploads.join(''), headers: {} }
    },
  } as unknown as S3Requests
  expect(await removeAbandoned(requests, Date.now())).toBe(3)
  expect(removed).toEqual(keys.slice(0, 3))
})
