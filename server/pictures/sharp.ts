// sharp, as every task uses it: only the five loaders that browsers have too. Loaded by the processes of picture-worker.ts alone.
import sharp from 'sharp'

// What libvips reads by other means (SVG, PDF, TIFF, ImageMagick's formats) is refused before a byte of it is looked at.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].flatMap((name) => [
    `VipsForeignLoad${name}File`,
    `VipsForeignLoad${name}Buffer`,
  ]),
})
sharp.cache(false)
// One thread for each task: how many there are at once, pictures.ts decides.
sharp.concurrency(1)

export { sharp }
