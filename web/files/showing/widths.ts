// The widths of previews that the server makes, in pixels.
export const previewWidths = [160, 320, 640, 1280, 2560] as const
