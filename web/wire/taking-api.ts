// The HTTP calls about a file that its sender has uploaded and not sent yet. Each returns its answer or a Refusal, and
// never throws. The bytes go another way (file-upload.ts).
import type { FileAnswer, FileChange } from '../../server/protocol/files.ts'
import { request } from './http.ts'

export const readUpload = (id: string) => request<FileAnswer>({ method: 'GET', path: `/files/${id}` })
export const changeUpload = (id: string, body: FileChange) =>
  request<FileAnswer>({ method: 'PATCH', path: `/files/${id}`, body })
