// Copies a text to the clipboard. Trap: without HTTPS there is no clipboard, and a field to copy from would take the focus
// out of a dialog: then the text that is shown is selected and copied.
export async function copyText(text: string, shown: Node | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (shown) getSelection()?.selectAllChildren(shown)
    return document.execCommand('copy')
  }
}
