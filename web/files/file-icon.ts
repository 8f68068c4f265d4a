// The sign of a file whose name has no ending that could stand on it.
import { File, FileArchive, FileMusic, FileText, FileVideo, Mic } from '@lucide/vue'
import type { Component } from 'vue'
import type { FileRef } from '../../server/protocol/files.ts'

export function iconOf({ kind, type }: Pick<FileRef, 'kind' | 'type'>): Component {
  if (kind === 'voice') return Mic
  if (kind === 'audio') return FileMusic
  if (kind === 'video') return FileVideo
  if (kind === 'text' || kind === 'pdf') return FileText
  return /zip|tar|compressed|7z|rar/.test(type) ? FileArchive : File
}
