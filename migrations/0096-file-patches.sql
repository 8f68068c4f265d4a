-- What others than its owner do not get of a file: where it was taken, with what, and whatever else a camera writes into it.
-- Oldest: 0091

-- JSON: what is written over its bytes on their way. NULL: nothing is.
ALTER TABLE blobs ADD COLUMN patches TEXT CHARACTER SET ascii COLLATE ascii_bin NULL;
