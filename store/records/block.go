package records

import (
	"encoding/binary"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// maxBlockRecords is the greatest number of records of a block: counts of words
// have 16 bits.
const maxBlockRecords = 1<<16 - 1

// blockFormat begins every block. Then come the length of the packed head (4
// bytes), the packed head and the packed text. They are packed apart, so that
// the line numbers of a block can be read without its text.
const (
	blockFormat = 2
	blockIntro  = 1 + 4
)

// A blockCodec packs and unpacks blocks. It may be used concurrently.
type blockCodec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// newBlockCodec leaves checksums to Pebble, which has its own.
func newBlockCodec() (*blockCodec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil, zstd.IgnoreChecksum(true), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, err
	}
	return &blockCodec{encoder, decoder}, nil
}

func (c *blockCodec) close() {
	_ = c.encoder.Close() // nothing is being written
	c.decoder.Close()
}

// encode appends a packed block to dst. The head is what appendHead has written.
func (c *blockCodec) encode(dst, head, text []byte) []byte {
	start := len(dst)
	dst = append(dst, blockFormat, 0, 0, 0, 0)
	dst = c.encoder.EncodeAll(head, dst)
	binary.LittleEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-blockIntro))
	return c.encoder.EncodeAll(text, dst)
}

// appendHead writes all of the records but their text: number, label sets, then
// line numbers (differences), label sets (if there are several) and lengths of
// all records.
func (c *columns) appendHead(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(c.len()))
	b = appendSets(b, c.sets.encoded)
	before := int64(0)
	for _, line := range c.lines {
		b = binary.AppendUvarint(b, uint64(line-before))
		before = line
	}
	if len(c.sets.encoded) > 1 {
		for _, label := range c.label {
			b = binary.AppendUvarint(b, uint64(label))
		}
	}
	for i := range c.ends {
		b = binary.AppendUvarint(b, uint64(c.ends[i]-c.start(i)))
	}
	return b
}

// decode unpacks a block into records, whose memory it reuses. The buffer is the
// memory in which the text lies; give it to the next decode once records are of
// no use any more.
func (c *blockCodec) decode(records *columns, block, buffer []byte) ([]byte, error) {
	buffer, text, err := c.decodeHead(records, block, buffer)
	if err != nil {
		return buffer, err
	}
	start := len(buffer)
	if buffer, err = c.decoder.DecodeAll(text, buffer); err != nil {
		return buffer, err
	}
	records.text = buffer[start:]
	if len(records.text) != records.start(records.len()) {
		return buffer, errCorrupt("block: its text")
	}
	return buffer, nil
}

// decodeHead unpacks all but the text, which it gives as it is packed.
func (c *blockCodec) decodeHead(records *columns, block, buffer []byte) (head, text []byte, err error) {
	if len(block) < blockIntro {
		return buffer, nil, errCorrupt("block")
	}
	if block[0] != blockFormat {
		return buffer, nil, errFormat("block", block[0], blockFormat)
	}
	packed := block[blockIntro:]
	length := binary.LittleEndian.Uint32(block[1:])
	if uint64(length) > uint64(len(packed)) {
		return buffer, nil, errCorrupt("block")
	}
	if buffer, err = c.decoder.DecodeAll(packed[:length], buffer[:0]); err != nil {
		return buffer, nil, err
	}
	if !records.readHead(buffer) {
		return buffer, nil, errCorrupt("block: its head")
	}
	return buffer, packed[length:], nil
}

// readHead takes what appendHead wrote.
func (c *columns) readHead(b []byte) bool {
	number, n := binary.Uvarint(b)
	if n <= 0 || number > maxBlockRecords {
		return false
	}
	sets, b, ok := takeSets(b[n:])
	if !ok || len(sets) == 0 {
		return false
	}
	c.setSets(sets)
	c.resize(int(number))
	if b, ok = c.readLines(b); !ok {
		return false
	}
	if b, ok = c.readLabels(b); !ok {
		return false
	}
	c.text = nil
	return c.readEnds(b)
}

// setSets keeps what is decoded already when the sets are the same as before.
func (c *columns) setSets(sets []string) {
	if slices.Equal(sets, c.sets.encoded) {
		return
	}
	c.sets = labelSets{}
	for _, set := range sets {
		c.sets.add(set)
	}
}

func (c *columns) resize(number int) {
	c.lines = slices.Grow(c.lines[:0], number)[:number]
	c.label = slices.Grow(c.label[:0], number)[:number]
	c.ends = slices.Grow(c.ends[:0], number)[:number]
}

func (c *columns) readLines(b []byte) ([]byte, bool) {
	line := int64(0)
	for i := range c.lines {
		step, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, false
		}
		line += int64(step)
		c.lines[i] = line
		b = b[n:]
	}
	return b, true
}

func (c *columns) readLabels(b []byte) ([]byte, bool) {
	if len(c.sets.encoded) == 1 {
		clear(c.label)
		return b, true
	}
	for i := range c.label {
		label, n := binary.Uvarint(b)
		if n <= 0 || label >= uint64(len(c.sets.encoded)) {
			return nil, false
		}
		c.label[i] = int32(label)
		b = b[n:]
	}
	return b, true
}

func (c *columns) readEnds(b []byte) bool {
	end := 0
	for i := range c.ends {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > 1<<40 {
			return false
		}
		end += int(size)
		c.ends[i] = end
		b = b[n:]
	}
	return len(b) == 0
}
